"""The staff's page behind the hidden corner: sign in, then the state of this machine."""

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtWidgets import QBoxLayout

from app.domain.device import DeviceHealth, DeviceStatus
from app.domain.operator import Operator
from app.domain.printing import PrintJob
from app.errors import AppError
from app.services.sign_in import sign_in
from ui.pages.kiosk import records
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.parts import EMPTY, ERASE, after_key, facts, keypad, on_press, option
from ui.pages.kiosk.session import Notice
from ui.widgets.kit import Part

KEYS = (*"1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ", ERASE, EMPTY)
MOST_ID, MOST_PIN = 12, 12


class StaffSignInPage(Page):
    name = "staff_sign_in"
    can_leave = False
    keeps_trail: ClassVar[bool] = False

    def body(self) -> QBoxLayout:
        k = self.k
        at_pin = self.s.place.index == 1
        fields = k.even(
            self._field(0, "number", self.s.staff_id, not at_pin),
            self._field(1, "pin", "\u2022" * len(self.s.staff_pin), at_pin),
        )
        go = k.press(
            self.say("enter"), "primary", name="enter", enabled=bool(self.s.staff_id and self.s.staff_pin)
        )
        on_press(go, self._enter)
        return k.col(fields, 8, keypad(k, self.t, KEYS, 8, self._typed, h=92), None, go, gap=16)

    def _field(self, index: int, key: str, shown: str, on: bool) -> Part:
        return option(
            self.k, f"field_{key}", shown or self.say("empty"), self.say(key),
            lambda: self.guide.swap(self.name, index), on=on, h=144, role="title",
        )  # fmt: skip

    def _typed(self, key: str) -> None:
        if self.s.place.index == 1:
            self.s.staff_pin = after_key(self.s.staff_pin, key, MOST_PIN)
        else:
            self.s.staff_id = after_key(self.s.staff_id, key, MOST_ID)
        self.guide.redraw()

    def _enter(self) -> None:
        office, operator_id, pin = self.guide.desk.office, self.s.staff_id, self.s.staff_pin
        self.s.staff_pin = ""

        def done(operator: Operator) -> None:
            self.s.operator = operator
            self.guide.swap("staff")

        def failed(error: AppError) -> None:
            self.s.notice = Notice("stop", self.say("refused"), self.t.error(error))
            self.guide.redraw()

        self.guide.work(
            self.guide.desk.store_executor, lambda: sign_in(office, operator_id, pin), done, failed
        )


class StaffPage(Page):
    name = "staff"
    can_back = False

    def sub(self) -> str:
        operator = self.s.operator
        station = self.guide.desk.office.station
        name = "" if operator is None else operator.name
        return self.say("sub", name=name, station=station.station_id, site=station.site)

    @classmethod
    def entered(cls, guide: Guide) -> None:
        session, office = guide.session, guide.desk.office

        def done(jobs: tuple[PrintJob, ...]) -> None:
            session.open_prints = len(jobs)
            guide.redraw()

        guide.work(guide.desk.store_executor, lambda: records.open_prints(office), done)

    def body(self) -> QBoxLayout:
        k = self.k
        width = 300 if k.elder else 240
        devices = k.frame(facts(k, self._devices(), width), (36, 32, 36, 32), role="card")
        state = k.frame(facts(k, self._state(), width), (36, 32, 36, 32), role="card")
        look = on_press(k.press(self.say("probe"), name="probe", h=112), self._probe)
        home = on_press(k.press(self.say("home"), "primary", name="home", h=112), self.guide.leave)
        sheet = k.press(self.t["readiness.title"], name="open_sheet", h=112)
        on_press(sheet, lambda: self.guide.go("staff_sheet"))
        parts: list[Part] = [devices, state, None, k.even(look, sheet), home]
        if self.guide.profile.may_exit:
            out = k.press(self.say("exit"), "stop", name="exit_program", h=104)
            parts.append(on_press(out, self.guide.exit_program))
        else:
            parts.append(k.text(self.say("no_exit"), "body", "muted", wrap=True))
        return k.col(*parts, gap=20)

    def _devices(self) -> list[tuple[str, str, str]]:
        return [
            (
                self.t.code("device", h.kind.value),
                self._health(h),
                "body" if h.works else "strong",
            )
            for h in self.guide.desk.office.devices.health()
        ]

    def _health(self, health: DeviceHealth) -> str:
        word = self.t.code("device_status", health.status.value)
        if health.simulated:
            word += self.say("is_simulated")
        if health.status is not DeviceStatus.ONLINE and health.reason:
            word += self.say("reason", code=health.reason)
        return word

    def _state(self) -> list[tuple[str, str, str]]:
        status = self.guide.board.status
        if status is None:
            return [(self.say("line"), self.say("unknown"), "body")]
        version = status.catalog.version if status.catalog else self.say("unknown")
        return [
            (self.say("line"), self.say("online" if status.online else "offline"), "body"),
            (self.say("catalog"), version, "body"),
            (self.say("waiting"), self.say("cases", n=status.outbox.pending), "body"),
            (self.say("today"), self.say("cases", n=status.received_today), "body"),
            (self.say("numbers"), str(status.sequences_left), "body"),
            (self.say("prints"), self.say("papers", n=self.s.open_prints), "body"),
        ]

    def _probe(self) -> None:
        for health in self.guide.desk.office.devices.health():
            self.guide.desk.office.devices.probe(health.kind)

    def health(self) -> Hashable:
        return tuple((h.kind, h.status, h.reason) for h in self.guide.desk.office.devices.health())
