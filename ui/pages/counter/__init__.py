"""The intake page of counter and pop-up: one page, no wizard."""
