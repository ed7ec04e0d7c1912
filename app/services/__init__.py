"""Use cases as functions over an `Office` (see office.py)."""
