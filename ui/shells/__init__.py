"""Shells: the window of a mode and how one moves about in it."""
