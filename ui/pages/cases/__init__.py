"""办件: the cases of this station, each with its upload and its papers."""
