"""Narrowing a search: what can be chosen, and the sheet it is chosen on."""
