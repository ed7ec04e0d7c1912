"""A scanner that types, played by xdotool on a real display server with a window manager.

`python -m tests.e2e.wedge_window` is the program under test: two fields and the real watch.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
TOOLS = ("Xvfb", "openbox", "xdotool")
CODE = "4419000abcDEF12"

pytestmark = [
    pytest.mark.devices,
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs xvfb, openbox and xdotool"),
]


@pytest.fixture(scope="module")
def display() -> Iterator[dict[str, str]]:
    """An X server of our own, and a window manager on it."""
    ours, theirs = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[theirs],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(theirs)
        try:
            with os.fdopen(ours) as told:
                environment = {
                    **os.environ,
                    "DISPLAY": f":{told.readline().strip()}",
                    "QT_QPA_PLATFORM": "xcb",
                }
            with subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL) as manager:
                try:
                    yield environment
                finally:
                    manager.terminate()
        finally:
            server.terminate()


class Window:
    """The program under test: what it says, line by line, as JSON."""

    def __init__(self, process: "subprocess.Popen[str]", environment: dict[str, str]) -> None:
        self._process, self._environment = process, environment
        self._said: Queue[dict[str, Any]] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))

    def hear(self, key: str) -> Any:
        """The next thing of this kind it says."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                said = self._said.get(timeout=max(0.0, ends - time.monotonic()))
            except Empty:
                pytest.fail(f"the window never said {key}")
            if key in said:
                return said[key]

    def ask(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def keys(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True, timeout=PATIENCE_S)

    def type(self, text: str, delay_ms: int, end: str = "Return") -> None:
        """One xdotool for text and end, so that no process start stands between them."""
        self.keys("type", "--delay", str(delay_ms), "--args", "1", text, "key", end)


@pytest.fixture
def window(display: dict[str, str]) -> Iterator[Window]:
    with _opened(display) as made:
        yield made


@contextmanager
def _opened(environment: dict[str, str]) -> Iterator[Window]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.wedge_window"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            made = Window(process, environment)
            made.hear("active")
            yield made
        finally:
            process.terminate()


@pytest.mark.parametrize("delay_ms", [2, 8, 12])
@pytest.mark.parametrize("end", ["Return", "Tab"])
def test_a_scan(window: Window, delay_ms: int, end: str) -> None:
    window.type(CODE, delay_ms, end)
    assert window.hear("scanned") == CODE
    window.ask("field")
    assert window.hear("field") == {"text": "by hand", "cursor": 3, "focus": True, "entered": 0}


def test_typing(window: Window) -> None:
    window.type("abcdefgh", 60)
    assert window.hear("entered") == "by abcdefghhand"
    window.ask("codes")
    assert window.hear("codes") == []


@pytest.mark.parametrize(("delay_ms", "scan"), [(2, True), (8, True), (60, False)])
def test_a_busy_window_judges_the_same(window: Window, delay_ms: int, scan: bool) -> None:
    """The loop stands still for 200 ms at a time while the keys come: their own times count."""
    window.ask("busy")
    window.hear("busy")
    window.type(CODE, delay_ms)
    if scan:
        assert window.hear("scanned") == CODE
    else:
        assert window.hear("entered") == f"by {CODE}hand"
    window.ask("field")
    field = window.hear("field")
    assert field["text"] == ("by hand" if scan else f"by {CODE}hand")
    window.ask("codes")
    assert window.hear("codes") == ([CODE] if scan else [])


def test_a_code_with_a_prefix_and_no_end(window: Window) -> None:
    window.ask("aim")
    window.hear("aim")
    window.keys("type", "--delay", "4", "]Q1" + CODE)
    assert window.hear("scanned") == "]Q1" + CODE
    window.ask("field")
    assert window.hear("field")["text"] == "by hand"
