"""Every fault of the emulated reader × each phase of a read: what the clerk sees, and what the store says.

    read          the card's person stands on the page; the case is theirs, machine-read
    doubt         the same, marked as doubtful; the case records that its card was read two ways
    read_old      sure, with the address printed on the card: the reader says that it holds no newer one
    doubt_old     the same, but the newer address was lost on the way: doubtful
    unreadable    "the card was not read" with what to do, and typing instead one press away
    unsupported   the same for a card that is none of ours
    timeout, protocol, not_found, needs_service
                  the strip and the device page say so
    nothing       no card, no word: nothing is wrong

Whatever happened, nobody half-read is on the page or in a draft, the case is taken by hand in the same
window, and the window reads the next card without being opened anew.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.domain.device import DeviceKind
from app.domain.identity import IdentityDocument
from devices.emulators.cards import PRESETS
from devices.registry import DeviceLine
from tests.devices.emulators import Emulated, emulator
from tests.e2e.matrix_counter import NAME, NUMBER, Counter, counter
from tests.ui.conftest import QUIET
from ui.theme import load_fonts

pytestmark = pytest.mark.qt_log_ignore(QUIET, extend=True)
READER = DeviceKind.ID_READER
MATRIX = """
fault               find           select         read           again          address
dead                timeout        timeout        unreadable     read           doubt_old
garbage             protocol       protocol       unreadable     doubt          doubt_old
wrong_xor           protocol       protocol       unreadable     doubt          doubt_old
truncated           protocol       protocol       unreadable     doubt          doubt_old
unplug_mid_read     not_found      not_found      not_found      read           doubt_old
slow                read           read           read           read           read
split               read           read           read           read           read
stray               read           read           read           read           read
glued               read           read           read           read           read
doubled             read           read           read           read           read
lifted              nothing        nothing        unreadable     read           read_old
status:10           protocol       protocol       unreadable     read           doubt_old
status:24           protocol       protocol       unreadable     read           read_old
status:41           unreadable     unreadable     unreadable     read           read_old
status:40           unsupported    unsupported    unsupported    read           read_old
status:66           needs_service  needs_service  needs_service  read           read_old
status:02           timeout        timeout        unreadable     read           doubt_old
status:05           not_found      not_found      not_found      read           doubt_old
status:91           protocol       protocol       unreadable     read           read_old
"""
OF_THE_CARD = """
no_card             nothing
wrong_card          unsupported
sam_not_authorised  needs_service
self_test_failed:99 needs_service
corrupt             read
corrupt_twice       unreadable
flip:400            unreadable
two_bits:1          read
two_bits:2          doubt
two_bits:3          doubt
two_bits:1@address  read
two_bits:3@address  doubt
birth:1             read
birth:9             doubt
"""
QUICK = {"dead@find", "garbage@again", "two_bits:3"}
CARD = PRESETS["moved"]
PRINTED = CARD.document
NEWEST = replace(CARD.document, address=CARD.newest_address)


def cells() -> Iterator[object]:
    (_, *phases), *rows = (line.split() for line in MATRIX.strip().splitlines())
    written = [(f"{f}@{phase}", sees) for f, *all_ in rows for phase, sees in zip(phases, all_, strict=True)]
    written += [tuple(line.split()) for line in OF_THE_CARD.strip().splitlines()]  # type: ignore[misc]
    for fault, sees in written:
        marks = () if fault in QUICK else (pytest.mark.devices,)
        yield pytest.param(fault, sees, id=f"{fault}-{sees}", marks=marks)


@pytest.fixture(scope="module")
def reader() -> Iterator[Emulated]:
    with emulator("sdt", "--no-card") as running:
        yield running


@pytest.fixture(scope="module")
def window(
    qapp: QApplication, reader: Emulated, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counter]:
    qapp.setStyle("Fusion")
    load_fonts()
    with counter(tmp_path_factory.mktemp("hall"), [DeviceLine(READER, "sdt", reader.url)]) as opened:
        opened.clerk.wait(lambda: opened.is_well(READER))
        yield opened


@pytest.fixture(autouse=True)
def healthy(window: Counter, reader: Emulated) -> Iterator[None]:
    """The card first, or a reader that is well again reads it into the next person's page."""
    yield
    reader.command("lift")
    looked = reader.command("fault none")["finds"]
    window.clerk.wait(lambda: window.is_well(READER) and reader.command("status")["finds"] > looked + 1)
    window.begin_anew()


def seen(window: Counter, sees: str) -> bool:
    """Whether the clerk sees that, in the place where it belongs."""
    intake = window.shell.intake.session.intake
    match sees:
        case "read" | "read_old":
            return intake.applicant is not None and not intake.doubtful
        case "doubt" | "doubt_old":
            return intake.doubtful and window.texts["counter.doubtful"] in window.clerk.words()
        case "unreadable" | "unsupported":
            return window.says("notice_reader", f"device.card_{sees}") and window.clerk.sees("type_instead")
        case "nothing":
            return window.is_well(READER) and not window.clerk.sees("notice_reader")
    return window.state_is(READER, f"health.trouble.{sees}")


def person_of(sees: str) -> IdentityDocument | None:
    return {"read": NEWEST, "doubt": NEWEST, "read_old": PRINTED, "doubt_old": PRINTED}.get(sees)


@pytest.mark.parametrize(("fault", "sees"), list(cells()))
def test_a_fault_in_a_phase_of_reading(window: Counter, reader: Emulated, fault: str, sees: str) -> None:
    reader.command(f"fault {fault}")
    reader.command("put moved")
    window.clerk.wait(lambda: seen(window, sees))
    if sees in ("timeout", "protocol", "not_found", "needs_service"):
        assert window.page_says(READER, f"health.trouble.{sees}")
    whole = (PRINTED, NEWEST)
    if sees.startswith("read"):
        assert window.applicant() == person_of(sees)
    elif sees not in ("doubt", "doubt_old"):
        assert window.applicant() is None
    assert all(draft.intake.applicant in (None, window.applicant(), *whole) for draft in window.drafts())
    take_the_case(window, sees)


def take_the_case(window: Counter, sees: str) -> None:
    """With the card where it was read, else by hand; the store tells which."""
    read = window.applicant()
    if read is None:
        window.type_applicant()
    window.ask_for()
    window.decide()
    application = window.newest().application
    if read is None:
        typed = application.applicant
        assert (typed.name, typed.number, typed.machine_read) == (NAME, NUMBER, False)
        assert not application.doubtful_read
    else:
        assert application.applicant == read and read.machine_read
        assert application.doubtful_read is sees.startswith("doubt")
        assert sees == "doubt" or read == person_of(sees)
    assert window.drafts() == []


def test_the_cable_comes_and_goes_in_any_order(window: Counter, reader: Emulated) -> None:
    """Pulled with no card, with a card on the way, and while a case is being typed: it heals by itself."""
    for put in ("lift", "put moved"):
        reader.command("unplug")
        window.clerk.wait(lambda: seen(window, "not_found"))
        reader.command(put)
        reader.command("plug")
        window.clerk.wait(lambda: window.is_well(READER))
    window.clerk.wait(lambda: window.applicant() == NEWEST)
    reader.command("unplug")
    window.clerk.wait(lambda: seen(window, "not_found"))
    take_the_case(window, "read")
    reader.command("plug")


def test_everything_else_goes_on_while_the_reader_hangs(window: Counter, reader: Emulated) -> None:
    """Silent in the middle of a card: search, draft, other pages and a whole case, and it still hangs."""
    reader.command("fault dead@find")
    reader.command("put moved")
    window.clerk.wait(lambda: seen(window, "timeout"))
    window.type_applicant()
    window.clerk.search("jzz")
    assert window.clerk.sees("hits_panel")
    window.shell.intake.session.flush()
    window.clerk.rest()
    assert [draft.intake.applicant.name for draft in window.drafts() if draft.intake.applicant] == [NAME]
    for page in ("cases", "verify", "devices", "intake"):
        window.shell.go(page)
        window.clerk.rest()
    assert window.applicant() is not None
    take_the_case_typed(window)
    assert seen(window, "timeout"), "the reader has hung all the time"


def take_the_case_typed(window: Counter) -> None:
    window.ask_for()
    window.decide()
    assert window.newest().application.applicant.name == NAME
