"""Every window of the tests is drawn off screen, unless a display is asked for by name."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
