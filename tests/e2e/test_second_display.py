"""Displays plugged in and out of a real X server while the counter runs: the customer's screen follows.

One wide Xvfb, cut into monitors by xrandr, with a window manager.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from tests.e2e.hall import ROOT
from tests.patience import PATIENCE_S

TOOLS = ("Xvfb", "openbox", "xrandr")
pytestmark = [
    pytest.mark.devices,
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs xvfb, openbox and x11-xserver-utils"),
]
LEFT, RIGHT, SMALL = (0, 0, 1366, 768), (1366, 0, 1280, 800), (1366, 0, 800, 480)


@pytest.fixture
def server() -> Iterator[dict[str, str]]:
    """A wide X server with a window manager; the left half is a monitor of its own."""
    ours, theirs = os.pipe()
    wide = ("-screen", "0", "2646x800x24", "-nolisten", "tcp", "-noreset")  # xrandr comes and goes
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), *wide], pass_fds=[theirs], stderr=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        try:
            with os.fdopen(ours) as told:
                env = {**os.environ, "DISPLAY": f":{told.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
            plug(env, "LEFT", LEFT, "screen")
            with subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL) as manager:
                try:
                    yield env
                finally:
                    manager.terminate()
        finally:
            process.terminate()


def plug(env: dict[str, str], name: str, place: tuple[int, int, int, int], output: str = "none") -> None:
    x, y, width, height = place
    size = f"{width}/{width // 4}x{height}/{height // 4}+{x}+{y}"
    subprocess.run(["xrandr", "--setmonitor", name, size, output], env=env, check=True)


def unplug(env: dict[str, str], name: str) -> None:
    subprocess.run(["xrandr", "--delmonitor", name], env=env, check=True)


class Screen:
    """Where the customer's screen lies, as the program says it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._said: Queue[list[int]] = Queue()
        Thread(target=self._listen, args=(process,), daemon=True).start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._said.put(json.loads(line))

    def comes_to(self, place: tuple[int, ...]) -> None:
        ends, seen = time.monotonic() + PATIENCE_S, None
        while seen != list(place):
            try:
                seen = self._said.get(timeout=max(0.0, ends - time.monotonic()))
            except Empty:
                raise AssertionError(f"last at {seen}, not at {place}") from None


def test_displays_plugged_in_and_out_while_the_counter_runs(server: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.e2e.second_display_window", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, env=server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            screen = Screen(process)
            screen.comes_to(())
            for place in (RIGHT, SMALL, RIGHT):
                plug(server, "RIGHT", place)
                screen.comes_to(place)
                unplug(server, "RIGHT")
                screen.comes_to(())
            assert process.poll() is None
        finally:
            process.kill()
