"""A screen whose scaling leaves less room than a page needs (1920 x 1080 at 150 %): all a little smaller."""

import os
import sys

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ui.profile import Profile

FACTOR, DONE = "QT_SCALE_FACTOR", "GUANJIA_FITTED"


def shrinking(room: QSize, profile: Profile) -> float:
    """By what to multiply every length so that the least window fits `room`, 1 where it does.

    A full screen mode fits itself to any screen.
    """
    wide, tall = profile.least_size
    return 1.0 if profile.full_screen else min(1.0, room.width() / wide, room.height() / tall)


def fit(app: QApplication, profile: Profile) -> None:
    """Start this command anew, once, with a scaling that shows all of its window; Qt takes it then."""
    factor = shrinking(app.primaryScreen().size(), profile)
    if factor == 1.0 or DONE in os.environ or app.platformName() in ("offscreen", "minimal"):
        return
    scaled = float(os.environ.get(FACTOR) or 1) * factor
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, FACTOR: f"{scaled:.4f}", DONE: "1"})
