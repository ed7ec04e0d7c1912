"""A pytest plugin, `-p tests.ui.album`: every window the audit looks at is kept as a picture.

The pictures go to the folder ALBUM names (out/album else): <test>-<nth look>-<state>-<width>.png.
"""

import os
import re
import sys
from collections import Counter
from pathlib import Path

from PySide6.QtWidgets import QWidget

import ui.widgets.audit as looked_at

FOLDER = Path(os.environ.get("ALBUM", "out/album"))
_audit = looked_at.audit
_looks: Counter[str] = Counter()


def _keep_and_audit(window: QWidget, touch: int = 0, from_y: int = 0) -> list[str]:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition("::")[2].partition(" (")[0]
    _looks[test] += 1
    state = sys._getframe(1).f_locals.get("name", "")  # kiosk tours name their states
    words = test.removeprefix("test_"), f"{_looks[test]:02d}", str(state), str(window.width())
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = "-".join(re.sub(r"\W+", "_", word).strip("_") for word in words if word)
    window.grab().save(str(FOLDER / f"{name}.png"))
    return _audit(window, touch, from_y)


looked_at.audit = _keep_and_audit  # before a test module takes it by name
