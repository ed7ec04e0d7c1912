"""One counter window that is open through every fault: real store, hub and drivers, devices as processes.

The window is never opened anew between two cells of the matrix: what a fault leaves behind would be seen in
the next one.  Only the gateway is played by hand (tests/ui/fakes.py).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.domain.case import Case
from app.domain.device import DeviceKind
from app.domain.identity import IdentityDocument
from app.domain.printing import PaperForm, PrintJob
from app.receipts.press import Press
from app.services.drafts import KeptDraft, recover
from app.services.printing import DEADLINES_S
from app.texts import load
from devices.hub import DeviceHub
from devices.registry import DeviceLine
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, Bench, settle
from ui.status_lines import StatusLine

PATIENCE_S = 30
NAME, NUMBER = "演示·手录", "11010519491231002X"
SLIP_S, A4_S = 4.0, 9.0  # what a print is given here: half a minute of patience a cell would be an hour


class Patience:
    """What a clerk waits with, for longer than one test."""

    def waitUntil(self, seen: Callable[[], bool], timeout: int = PATIENCE_S * 1000) -> None:
        ends = time.monotonic() + max(timeout / 1000, PATIENCE_S)
        while not seen():
            assert time.monotonic() < ends, "did not come"
            QTest.qWait(10)


class Counter:
    """The window and the store behind it, as the tables of the matrix speak of them."""

    def __init__(self, clerk: Clerk, hub: DeviceHub) -> None:
        self.clerk, self.hub, self.texts = clerk, hub, load()
        self.shell, self.office = clerk.shell, clerk.hall.office

    # -- what the person sees ---------------------------------------------------------------------

    def line(self, kind: DeviceKind) -> StatusLine:
        return next(line for line in self.shell.board.lines if line.key == kind.value)

    def state_is(self, kind: DeviceKind, key: str) -> bool:
        """The strip's button says it, by the key of its word."""
        line = self.line(kind)
        name = self.texts.say("ui.status_name", name=line.name, state=self.texts[key])
        return self.clerk.button(f"status_{kind.value}").accessibleName() == name

    def is_well(self, kind: DeviceKind) -> bool:
        return self.line(kind).well

    def page_says(self, kind: DeviceKind, key: str) -> bool:
        """Open the device page and wait until it says the same; then go back."""
        self.shell.go("devices")
        self.shell.devices.open(kind.value)
        self.clerk.wait(lambda: self.texts[key] in self.clerk.words("device_note"))
        self.shell.go("intake")
        return True

    def says(self, place: str, code: str) -> bool:
        """Whether a message says the sentence of an error."""
        return self.clerk.sees(place) and self.texts.trouble(code) in self.clerk.words(place)

    # -- what the store says ----------------------------------------------------------------------

    def drafts(self) -> list[KeptDraft]:
        return list(recover(self.office))

    def newest(self) -> Case:
        received = self.shell.intake.receiving.received
        assert received is not None
        with self.office.store.begin() as work:
            case = work.case(received.case.case_id)
        assert case is not None
        return case

    def jobs(self, form: PaperForm = PaperForm.SLIP) -> list[PrintJob]:
        case_id = self.newest().case_id
        with self.office.store.begin() as work:
            return [job for job in work.prints_of(case_id) if job.form is form]

    # -- what the person does ---------------------------------------------------------------------

    def applicant(self) -> IdentityDocument | None:
        return self.shell.intake.session.intake.applicant

    def type_applicant(self) -> None:
        """F4 on an empty page, or the button a card's trouble brings."""
        if self.applicant() is None:
            self.clerk.click("type_instead") if self.clerk.sees(
                "type_instead"
            ) else self.shell.intake.open_agent()
        for name in ("hand_name", "hand_number"):
            self.clerk.find(QLineEdit, name).clear()
        self.clerk.type("hand_name", NAME)
        self.clerk.type("hand_number", NUMBER)
        QTest.keyClick(self.clerk.find(QLineEdit, "hand_number"), Qt.Key.Key_Return)
        self.clerk.wait(lambda: self.clerk.sees("applicant_name"))

    def ask_for(self, text: str = "jzz") -> None:
        self.clerk.search(text)
        QTest.keyClick(self.clerk.find(QLineEdit, "item_search"), Qt.Key.Key_Return)
        self.clerk.wait(lambda: self.shell.intake.session.intake.item is not None)
        self.clerk.type("phone", "13800000000")
        self.clerk.press(Qt.Key.Key_F6)
        self.clerk.click("materials_all")
        self.clerk.wait(lambda: self.clerk.button("receive").isEnabled())

    def decide(self) -> None:
        self.clerk.press(Qt.Key.Key_F9)
        self.clerk.wait(lambda: self.clerk.sees("outcome_number"))

    def settled(self) -> None:
        """Every paper's outcome is known, and a copy may be asked for."""
        receiving = self.shell.intake.receiving
        self.clerk.wait(lambda: bool(receiving.papers) and not any(paper.busy for paper in receiving.papers))
        self.clerk.wait(lambda: not receiving.resting)

    def begin_anew(self) -> None:
        """Whatever the page shows: an empty one for the next person, without a draft in the store."""
        page = self.shell.intake
        self.shell.activateWindow()
        self.clerk.wait(self.shell.isActiveWindow)
        self.shell.go("intake")
        if page.receiving.received is not None:
            self.settled()
            if page.receiving.question:
                for _ in page.receiving.papers:
                    page.receiving.answer(True)
                    settle(self.clerk.hall)
            self.clerk.wait(lambda: page.receiving.may_go_on)
            page.arrivals.waiting = None
            page.next_case()
        page.clear()
        page.session.flush()
        page.sign_in(None)
        page.sign_in(LI)
        settle(self.clerk.hall)
        self.clerk.wait(lambda: self.applicant() is None)


@contextmanager
def counter(
    folder: Path, devices: Sequence[DeviceLine], papers: tuple[PaperForm, ...] = (PaperForm.SLIP,)
) -> Iterator[Counter]:
    usual = dict(DEADLINES_S)
    DEADLINES_S.update({PaperForm.SLIP: SLIP_S, PaperForm.A4: A4_S})
    made = Bench(folder)
    hub = DeviceHub(devices, made.clock)
    press = Press(load(), made.clock.now, hub.slip_paper())
    made.office = replace(made.office, devices=hub, papers=papers, press=press)
    try:
        with Clerk.at_counter(made, Patience()) as clerk:  # type: ignore[arg-type]
            yield Counter(clerk, hub)
    finally:
        hub.close()
        made.close()
        DEADLINES_S.update(usual)
