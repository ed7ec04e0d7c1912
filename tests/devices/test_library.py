"""A maker's library in a process of its own: a small one compiled here, that crashes and hangs on demand."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from app.domain.device import DeviceEvent, DeviceHealth, DeviceKind, DeviceStatus
from app.errors import (
    CardUnreadableError,
    DeviceError,
    DeviceNotFoundError,
    DeviceServiceError,
    DeviceTimeoutError,
)
from devices import sdt_card
from devices.emulators.cards import PRESETS
from devices.emulators.sdt import PHOTO
from devices.hub import DeviceHub
from devices.library_host import packed_sam
from devices.library_line import LibraryLine, open_library
from devices.registry import DeviceLine, entry_for
from devices.sdt_frames import Command, encode_request
from devices.sdt_reader import SdtReader
from tests.patience import PATIENCE_S

COMPILER = shutil.which("gcc") or shutil.which("cc")
pytestmark = [
    pytest.mark.skipif(COMPILER is None, reason="no C compiler (scripts/setup.sh dev installs gcc)"),
    pytest.mark.skipif(sys.platform == "win32", reason="the small library is POSIX C"),
]
SOURCE = Path(__file__).parent / "libraries" / "sdtapi.c"
CARD = PRESETS["resident"].document


@dataclass
class Maker:
    """A library and the strings that move it."""

    library: Path
    folder: Path

    def url(self, port: int = 1001) -> str:
        return f"library://{self.library}?port={port}"

    def mood(self, word: str) -> None:
        """In one step, so that a call never sees half of it."""
        (self.folder / "next").write_text(word)
        (self.folder / "next").replace(self.folder / "mood")

    @property
    def closed(self) -> Path:
        return self.folder / "closed"


def compiled(folder: Path, name: str, *flags: str) -> Path:
    """The library, in a folder whose name has a blank and Chinese in it, as on a maker's disk."""
    assert COMPILER is not None
    target = folder / "读卡 器" / name
    target.parent.mkdir(exist_ok=True)
    subprocess.run([COMPILER, "-shared", "-fPIC", *flags, "-o", target, SOURCE], check=True)
    return target


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("maker"), "libsdtapi.so")


@pytest.fixture
def maker(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    (tmp_path / "card").write_bytes(sdt_card.encode_block(CARD) + PHOTO)
    for key in ("card", "mood", "closed"):
        monkeypatch.setenv(f"SDTAPI_{key.upper()}", str(tmp_path / key))
    monkeypatch.setattr("devices.sdt_reader.POLL_S", 0.0)
    return Maker(library, tmp_path)


def opened(url: str) -> LibraryLine:
    """By the registry, as a session does."""
    line = entry_for(DeviceLine(DeviceKind.ID_READER, "sdt", url)).open(
        DeviceLine(DeviceKind.ID_READER, "sdt", url), 0
    )
    assert isinstance(line, LibraryLine)
    return line


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def wait_until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_card_by_the_library_whatever_it_prints(maker: Maker) -> None:
    with closing(opened(maker.url())) as line:
        driver = SdtReader(line)
        condition = driver.check()
        found = driver.read(Event())
        again = driver.read(Event())
    assert (condition.facts, condition.simulated) == ({"sam": "DEMO"}, True)
    assert found is not None
    assert (found.document, found.doubtful, found.photo) == (CARD, False, PHOTO)
    assert again is None, "a card is given out once"


def test_a_library_that_prints_its_module_and_knows_no_addresses(tmp_path: Path, maker: Maker) -> None:
    maker.library = compiled(tmp_path, "libold.so", "-DWITHOUT_BINARY_ID", "-DWITHOUT_ADDRESS")
    with closing(opened(maker.url(port=3))) as line:
        driver = SdtReader(line)
        assert driver.check().facts == {"sam": "05.03-20140101-0000000001-4294967295"}
        found = driver.read(Event())
    assert found is not None
    assert (found.document, found.doubtful) == (CARD, False)


@pytest.mark.parametrize("printed", ["", "05.03-20140101-1", "a.b-c-d-e", "05.03-20140101-1-4294967296"])
def test_no_module_is_made_up(printed: str) -> None:
    assert packed_sam(printed) == b""


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("garbage_length", CardUnreadableError),
        ("short_photo", CardUnreadableError),
        ("status_66", DeviceServiceError),
        ("status_01", DeviceNotFoundError),
        ("status_02", DeviceTimeoutError),
        ("status_31", CardUnreadableError),
        ("crash", DeviceNotFoundError),
        ("segfault", DeviceNotFoundError),
        ("hang", DeviceTimeoutError),
    ],
)
def test_each_trouble_of_a_library_has_its_error(maker: Maker, mood: str, error: type[DeviceError]) -> None:
    with closing(opened(maker.url())) as line:
        maker.mood(mood)
        with pytest.raises(error):
            SdtReader(line).read(Event())


def test_an_empty_pad_is_no_error(maker: Maker) -> None:
    maker.mood("no_card")
    with closing(opened(maker.url())) as line:
        assert SdtReader(line).read(Event()) is None


def test_closing_kills_a_process_that_hangs_and_waits_for_nothing(maker: Maker) -> None:
    line = opened(maker.url())
    pid = line.pid
    maker.mood("hang")
    line.write(encode_request(Command.FIND))
    line.close()
    wait_until(lambda: ended(pid))
    with pytest.raises(DeviceNotFoundError):
        wait_until(lambda: line.read() == b"never")


def test_an_answer_that_comes_too_late_is_never_that_of_a_later_question(maker: Maker) -> None:
    with closing(opened(maker.url())) as line:
        driver = SdtReader(line)
        maker.mood("slow")
        with pytest.raises(DeviceTimeoutError):  # find takes longer than its second
            driver.read(Event())
        maker.mood("")
        condition = driver.check()
        assert condition.facts == {"sam": "DEMO"}
        found = driver.read(Event())
    assert found is not None
    assert found.document == CARD


@pytest.mark.parametrize(
    "url",
    [
        "library:///no/such/library.so",
        "library://host/lib.so",
        "library:",
        "library:///tmp?port=1",
        "{library}?port=17",
        "{library}?port=x",
        "{library}?port=1016",
        "{library}?port=1&host=/no/such/python",
    ],
)
def test_what_cannot_be_opened(maker: Maker, url: str) -> None:
    with pytest.raises(DeviceNotFoundError):
        open_library(url.format(library=f"library://{maker.library}"))


def test_a_file_that_is_no_library(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "no.so").write_text("no")
    with pytest.raises(DeviceNotFoundError):
        open_library(f"library://{tmp_path / 'no.so'}")


@pytest.mark.parametrize("mood", ["hang", "segfault"])
def test_a_library_that_fails_while_it_opens_its_port(
    maker: Maker, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.library_line.OPEN_S", 1.0)
    maker.mood(mood)
    with pytest.raises(DeviceTimeoutError if mood == "hang" else DeviceNotFoundError):
        opened(maker.url())


def test_another_python_can_be_the_host(maker: Maker) -> None:
    """A 32-bit one, in the field: it needs nothing but its standard library."""
    host = os.path.realpath(sys.executable)
    with closing(opened(f"{maker.url()}&host={host}")) as line:
        assert SdtReader(line).check().simulated


@pytest.mark.parametrize("mood", ["", "hang"])
def test_the_process_ends_with_its_parent(maker: Maker, mood: str) -> None:
    """A parent that is killed closes nothing by itself; the end of the pipe is enough."""
    program = (
        "import sys, time\n"
        "from devices.library_line import open_library\n"
        "from devices.sdt_frames import encode_request\n"
        f"line = open_library({maker.url()!r})\n"
        "print(line.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "line.write(encode_request(0x2001))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        pid = int(parent.stdout.readline())
        maker.mood(mood)
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert not ended(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: ended(pid))
    if not mood:
        assert maker.closed.read_text() == "1001", "the port is closed on the way out"


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def station(maker: Maker) -> Iterator[tuple[DeviceHub, "queue.SimpleQueue[DeviceEvent]"]]:
    heard: queue.SimpleQueue[DeviceEvent] = queue.SimpleQueue()
    hub = DeviceHub([DeviceLine(DeviceKind.ID_READER, "sdt", maker.url())], Now())
    hub.listen(heard.put)
    yield hub, heard
    hub.close()


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ("segfault", DeviceStatus.NO_DEVICE),
        pytest.param("hang", DeviceStatus.OFFLINE, marks=pytest.mark.devices),
    ],
)
def test_a_session_goes_on_with_a_fresh_process(
    maker: Maker,
    station: tuple[DeviceHub, "queue.SimpleQueue[DeviceEvent]"],
    mood: str,
    status: DeviceStatus,
) -> None:
    hub, heard = station
    assert hub.probe(DeviceKind.ID_READER).result(timeout=PATIENCE_S).status is DeviceStatus.ONLINE
    maker.mood(mood)
    with pytest.raises(DeviceError):
        hub.read_card(PATIENCE_S, Event()).result(timeout=PATIENCE_S)
    while _status(heard) is not status:
        pass
    maker.mood("")
    while _status(heard) is not DeviceStatus.ONLINE:
        pass
    assert hub.read_card(PATIENCE_S, Event()).result(timeout=PATIENCE_S).document == CARD


def _status(heard: "queue.SimpleQueue[DeviceEvent]") -> DeviceStatus | None:
    event = heard.get(timeout=PATIENCE_S)
    return event.status if isinstance(event, DeviceHealth) else None
