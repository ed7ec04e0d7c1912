"""Signature and customer's screen: drawn by hand, kept with the draft, masked, gone with the case."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.material_file import FileRole, MediaType
from app.services import materials
from tests.ui.clerk import Clerk
from ui import theme
from ui.pages.counter.signing import SigningState
from ui.shells.customer import CustomerWindow, Shown
from ui.widgets.kit import Kit
from ui.widgets.signature import WIDEST_PX, SignaturePad

ROOT = Path(__file__).parent.parent.parent
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def draw(pad: QWidget, *points: tuple[int, int]) -> None:
    """One stroke by mouse."""
    QTest.mousePress(pad, LEFT, NONE, QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(pad, QPoint(*point))
    QTest.mouseRelease(pad, LEFT, NONE, QPoint(*points[-1]))


def sign(pad: QWidget) -> None:
    for x in (60, 160, 260):
        draw(pad, (x, 40), (x + 60, 90), (x, 140), (x + 70, 160))


@pytest.fixture
def pad(qtbot: QtBot, looks: QApplication) -> SignaturePad:
    made = SignaturePad(Kit(theme.CUSTOMER), "hint")
    made.resize(600, 240)
    qtbot.addWidget(made)
    made.show()
    return made


def image_of(pad: SignaturePad) -> QImage:
    image = QImage()
    assert image.loadFromData(pad.png())
    return image


def test_strokes_undo_and_clear(pad: SignaturePad) -> None:
    assert pad.empty
    assert pad.png() == b""
    draw(pad, (100, 100), (104, 104))
    assert not pad.enough
    sign(pad)
    assert pad.enough
    pad.undo()
    pad.undo()
    pad.undo()
    assert not pad.enough
    pad.undo()
    assert pad.empty
    sign(pad)
    pad.clear()
    assert pad.empty


def test_the_picture_is_ink_on_nothing_cut_to_the_ink(pad: SignaturePad) -> None:
    sign(pad)
    image = image_of(pad)
    assert max(image.width(), image.height()) <= WIDEST_PX
    assert image.pixelColor(0, 0).alpha() == 0
    inked = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha()
    ]
    assert inked
    assert min(x for x, _ in inked) < 24
    assert max(x for x, _ in inked) > image.width() - 24


def test_a_wide_pad_still_makes_a_small_picture(pad: SignaturePad) -> None:
    pad.resize(2400, 500)
    draw(pad, (20, 100), (1200, 300), (2380, 120))
    assert image_of(pad).width() <= WIDEST_PX


def test_a_pens_pressure_makes_the_stroke_wider(pad: SignaturePad) -> None:
    pen = QPointingDevice(
        "pen",
        7,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        1,
    )

    def stroke(y: float, pressure: float) -> None:
        steps = [(QEvent.Type.TabletPress, 50.0), *[(QEvent.Type.TabletMove, x) for x in (150.0, 250.0)]]
        for kind, x in [*steps, (QEvent.Type.TabletRelease, 250.0)]:
            at = QPointF(x, y)
            event = QTabletEvent(kind, pen, at, at, pressure, 0.0, 0.0, 0.0, 0.0, 0.0, NONE, LEFT, LEFT)
            QApplication.sendEvent(pad, event)
            assert event.isAccepted()

    stroke(60, 0.1)
    light = image_of(pad).height()
    pad.clear()
    stroke(60, 1.0)
    image = image_of(pad)
    assert image.height() == light  # cut to the same line
    column = [image.pixelColor(image.width() // 2, y).alpha() for y in range(image.height())]
    pad.clear()
    stroke(60, 0.1)
    thin = [image_of(pad).pixelColor(image.width() // 2, y).alpha() for y in range(image.height())]
    assert sum(column) > 2 * sum(thin)


def test_touch_draws_with_the_first_finger_only(pad: SignaturePad) -> None:
    screen = QTest.createTouchDevice()
    QTest.touchEvent(pad, screen).press(1, QPoint(50, 60)).press(2, QPoint(500, 200)).commit()
    for x in (100, 200, 300, 400):
        QTest.touchEvent(pad, screen).move(1, QPoint(x, 60)).move(2, QPoint(500, 190)).commit()
    QTest.touchEvent(pad, screen).release(1, QPoint(400, 60)).release(2, QPoint(500, 190)).commit()
    image = image_of(pad)
    assert image.width() > 5 * image.height()


# -- at the counter ----------------------------------------------------------------------------------


def overlay_pad(clerk: Clerk) -> SignaturePad:
    clerk.wait(lambda: clerk.sees("signature_overlay"))
    return clerk.shell.customer.overlay.findChild(SignaturePad)


def signed_files(clerk: Clerk) -> list[FileRole]:
    clerk.rest()
    draft = clerk.intake.session.intake.draft_id
    return [file.role for file in materials.files_of_draft(clerk.hall.office, draft)]


def take_signature(clerk: Clerk) -> None:
    clerk.click("signature_ask")
    sign(overlay_pad(clerk))
    clerk.click("signature_done")
    clerk.wait(lambda: clerk.intake.bench.signing.state is SigningState.SIGNED)


def test_a_signature_is_kept_with_the_case(clerk: Clerk) -> None:
    clerk.fill()
    clerk.click("signature_ask")
    draw(overlay_pad(clerk), (50, 50), (53, 50))
    clerk.click("signature_done")
    assert "太少" in clerk.text("signature_said")
    assert signed_files(clerk) == []
    sign(overlay_pad(clerk))
    clerk.click("signature_done")
    clerk.wait(lambda: clerk.sees("signature_picture"))
    assert not clerk.sees("signature_overlay")
    line = clerk.find(QWidget, "signature_line")
    assert clerk.shell.focusWidget() is line  # no button took the focus that Enter would press
    clerk.receive()
    case_id = clerk.intake.receiving.received.case.case_id
    (file,) = materials.files_of_case(clerk.hall.office, case_id)
    assert (file.role, file.media_type, file.pages) == (FileRole.SIGNATURE, MediaType.PNG, 1)
    clerk.press(Qt.Key.Key_F8)
    clerk.rest()
    assert not clerk.sees("signature_line")


def test_signed_again_removed_and_left(clerk: Clerk) -> None:
    clerk.lay_card()
    take_signature(clerk)
    clerk.click("signature_again")
    clerk.wait(lambda: clerk.sees("signature_overlay"))
    clerk.click("signature_leave")  # the old one stays
    assert clerk.intake.bench.signing.state is SigningState.SIGNED
    clerk.click("signature_again")
    sign(overlay_pad(clerk))
    clerk.click("signature_done")
    clerk.wait(lambda: clerk.intake.bench.signing.state is SigningState.SIGNED)
    assert signed_files(clerk) == [FileRole.SIGNATURE]
    clerk.click("signature_remove")
    assert signed_files(clerk) == []
    assert clerk.sees("signature_ask")


def test_a_slip_beside_the_pad_closes_nothing_and_escape_leaves(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.click("signature_ask")
    pad = overlay_pad(clerk)
    draw(pad, (50, 50), (90, 90))
    QTest.mouseClick(clerk.shell.customer.overlay, LEFT, NONE, QPoint(10, 10))
    assert clerk.sees("signature_overlay")
    assert not pad.empty
    clerk.press(Qt.Key.Key_Escape)
    clerk.wait(lambda: not clerk.sees("signature_overlay"))
    assert clerk.intake.bench.signing.state is SigningState.NONE
    assert signed_files(clerk) == []


def test_another_person_takes_the_signature_away(clerk: Clerk) -> None:
    clerk.lay_card()
    take_signature(clerk)
    clerk.press(Qt.Key.Key_F4)
    clerk.type("agent_name", "演示乙")
    clerk.wait(lambda: clerk.intake.bench.signing.state is SigningState.NONE)
    assert signed_files(clerk) == []


def test_a_signature_is_never_that_of_who_came_meanwhile(clerk: Clerk) -> None:
    """Signed, and while it is still being written another agent is entered."""
    clerk.lay_card()
    clerk.click("signature_ask")
    sign(overlay_pad(clerk))
    slow = Event()
    clerk.shell._desk.store_executor.submit(slow.wait, 20)
    clerk.click("signature_done")
    signing = clerk.intake.bench.signing
    assert signing.state is SigningState.KEEPING
    clerk.press(Qt.Key.Key_F4)
    clerk.type("agent_name", "演示乙")
    slow.set()
    clerk.wait(lambda: signing.state is SigningState.NONE)
    assert signed_files(clerk) == []
    assert not clerk.sees("signature_picture")


# -- the customer's screen ---------------------------------------------------------------------------


def place(clerk: Clerk) -> CustomerWindow:
    clerk.shell.customer.place(QGuiApplication.primaryScreen())
    window = clerk.shell.customer.window
    assert window is not None
    clerk.shell.activateWindow()  # the offscreen platform gives any new window the keyboard
    clerk.wait(clerk.shell.isActiveWindow)
    return window


def words(window: QWidget) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_what_the_customer_sees(clerk: Clerk) -> None:
    window = place(clerk)
    assert "市民服务中心" in words(window)
    clerk.fill()
    applicant, item = clerk.intake.session.intake.applicant, clerk.intake.session.intake.item
    clerk.wait(lambda: item.name in words(window))
    seen = words(window)
    assert applicant.masked_number in seen
    assert applicant.number not in seen
    assert applicant.name not in seen
    assert clerk.intake.session.intake.contact.phone not in seen
    assert all(m.name in seen for m in clerk.intake.session.intake.materials()[:3])
    clerk.receive()
    number = clerk.intake.receiving.received.case.number
    clerk.wait(lambda: number in words(window))
    assert window.findChild(QWidget, "customer_qr").isVisible()
    clerk.press(Qt.Key.Key_F8)
    clerk.wait(lambda: "市民服务中心" in words(window))
    assert not any(number in label.text() for label in window.findChildren(QLabel))


@pytest.mark.parametrize(("width", "height"), [(800, 480), (1024, 600), (1280, 800), (1920, 1080)])
def test_nothing_lies_over_the_edge_of_a_small_display(clerk: Clerk, width: int, height: int) -> None:
    window = CustomerWindow(clerk.shell._desk, height)
    window.setGeometry(0, 0, width, height)
    window.show()
    facts = [(key, "演示人员") for key in ("applicant", "agent", "starts", "answer")]
    facts.append(("item", "残疾人证换领以及其他名称特别长的事项" * 2))
    pages = [
        lambda: window.show_case(Shown(tuple(facts), tuple("甲乙丙丁"), tuple("戊己庚辛壬"))),
        lambda: window.show_thanks("441900A12-261122-000001-B", [[True] * 57] * 57),
        lambda: window.ask_signature("演****"),
        window.show_idle,
    ]
    for show in pages:
        show()
        QApplication.processEvents()
        assert (window.width(), window.height()) == (width, height)
        inside = [w for w in window.findChildren(QLabel) if w.isVisible()]
        foot = [w.mapTo(window, w.rect().bottomRight()).y() for w in inside]
        assert max(foot, default=0) < height
    window.stop()
    window.deleteLater()


def test_the_signature_is_taken_there(clerk: Clerk) -> None:
    window = place(clerk)
    clerk.lay_card()
    clerk.click("signature_ask")
    pad = window.findChild(SignaturePad)
    clerk.wait(pad.isVisible)
    assert not clerk.sees("signature_overlay")
    sign(pad)
    window.signature.findChild(QWidget, "signature_done").click()
    clerk.wait(lambda: clerk.intake.bench.signing.state is SigningState.SIGNED)
    clerk.wait(lambda: not pad.isVisible())
    assert signed_files(clerk) == [FileRole.SIGNATURE]


def test_a_locked_counter_empties_the_customers_screen(clerk: Clerk) -> None:
    window = place(clerk)
    clerk.lay_card()
    clerk.click("signature_ask")
    clerk.shell.lock()
    clerk.wait(lambda: "市民服务中心" in words(window))
    applicant = clerk.intake.session.intake.applicant
    assert not any(applicant.masked_number in label.text() for label in window.findChildren(QLabel))
    assert clerk.intake.bench.signing.state is SigningState.NONE


def test_without_a_second_display_there_is_no_window(clerk: Clerk) -> None:
    clerk.shell.customer.find_display()
    assert clerk.shell.customer.window is None


def two_displays(tmp_path: Path, second_x: int) -> dict[str, Any]:
    """What tests/ui/two_displays.py saw, the second display's left edge at `second_x`."""
    displays = [
        {"name": f"display{n}", "x": x, "y": 0, "width": 1366, "height": 768, "dpr": 1}
        for n, x in enumerate((0, second_x))
    ]
    config = tmp_path / "displays.json"
    config.write_text(json.dumps({"screens": displays}))
    command = [sys.executable, "-m", "tests.ui.two_displays", str(tmp_path / "hall")]
    done = subprocess.run(
        [*command, f"offscreen:configfile={config}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_displays_that_come_and_go(tmp_path: Path) -> None:
    """Two displays of Qt's offscreen platform: the window fills the one the counter is not on."""
    assert two_displays(tmp_path, 1366) == {
        "displays": 2,
        "at": [1366, 0, 1366, 768],
        "gone": True,
        "back": True,
        "carried": [0, 0, 1366, 768],
    }


def test_a_mirrored_display_is_no_second_one(tmp_path: Path) -> None:
    """The window would cover the counter on both."""
    assert two_displays(tmp_path, 0) == {
        "displays": 2,
        "at": [],
        "gone": True,
        "back": False,
        "carried": [],
    }
