"""The frame every kiosk page stands in: header, step bar, what the page says, what is touched, foot.

Portrait: the upper third speaks, the lower two thirds are touched.  Landscape: the left part
speaks, the right part is touched.  The five places of the foot never move; a place that has
no use now stays empty.
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QWidget

from ui.pages.kiosk import pictures
from ui.pages.kiosk.guide import Guide
from ui.pages.kiosk.kit import FOOT, HEAD, SPEAKING, STEPS, TOP
from ui.pages.kiosk.page import Page
from ui.widgets.kit import Part

STEP_KEYS = ("choose", "card", "questions", "materials", "confirm", "receipt")
CORNER_MS = 3000


def assemble(page: Page) -> None:
    """Lay the parts of a page out in its frame."""
    k = page.k
    body = k.frame(page.body(), (64, 8, 64, 24))
    foot = _foot(page)
    if k.wide:
        speaking = k.frame(_speaking(page), fixed=(SPEAKING, 0))
        upper: Part = k.row(speaking, k.frame(k.col(None, body, None, gap=0)), gap=0)
        body.setFixedHeight(k.px(1112))
    else:
        upper = k.col(k.frame(_speaking(page), fixed=(0, TOP)), body, gap=0)
    whole = k.col(upper, foot, gap=0)
    whole.setStretch(0, 1)
    whole.setContentsMargins(0, 0, 0, 0)
    page.setLayout(whole)
    _lay_art(page)


def _speaking(page: Page) -> QBoxLayout:
    k = page.k
    parts: list[Part] = [header(page.guide)]
    if page.step is not None:
        parts.append(_steps(page, page.step))
    speak = k.frame(page.words(), (64, 0, 64, 0))
    return k.col(*parts, speak, gap=0)


def _lay_art(page: Page) -> None:
    draw, k = page.art(), page.k
    if draw is None:
        return
    picture = k.picture(draw)
    picture.setParent(page)
    width = SPEAKING if k.wide else k.page[0]
    picture.setGeometry(0, k.px(HEAD), k.px(width), k.px(TOP - HEAD))
    picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    picture.lower()


# -- header ----------------------------------------------------------------------------------------


class Corner(QFrame):
    """The mark of the product; pressed for three seconds it opens the staff's sign-in."""

    def __init__(self, guide: Guide, line: QBoxLayout) -> None:
        super().__init__()
        self.setObjectName("staff_corner")
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self._held = QTimer(self, singleShot=True, interval=CORNER_MS)
        self._held.timeout.connect(lambda: guide.go("staff_sign_in"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._held.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._held.stop()


def header(guide: Guide, *, light: bool = False) -> QFrame:
    k, t = guide.kit, guide.texts
    if guide.session.help_at:
        return _help_banner(guide)
    tone = "on_primary" if light else "ink"
    brand = k.row(
        k.picture(pictures.mark(k.pal, light=light), 64, 64),
        k.text(t["kiosk.brand"], "h2", "on_primary" if light else "primary"),
        gap=16,
    )
    parts: list[Part] = [Corner(guide, brand), None, *_demo_mark(guide)]
    parts += [
        k.text(_time(guide), "h2", tone, name="clock"),
        k.text(_day(guide), "body", "on_primary" if light else "muted", name="today"),
    ]
    return k.frame(k.row(*parts, gap=16), (64, 0, 64, 0), fixed=(0, HEAD))


def _demo_mark(guide: Guide) -> list[Part]:
    return [guide.kit.pill(guide.texts["kiosk.demo"], "warn", "info", "demo_mark")] if guide.desk.demo else []


def _help_banner(guide: Guide) -> QFrame:
    """Help has been called: the head of every page says so until the session ends."""
    k, t = guide.kit, guide.texts
    words = k.text(t["kiosk.help.coming"], "title", "accent", wrap=True, name="help_banner")
    at = k.text(t.say("kiosk.help.at", time=guide.session.help_at), "body", "ink")
    parts: list[Part] = [
        Corner(guide, k.row(k.glyph("bell", 64, "accent", 2))),
        words,
        at,
        *_demo_mark(guide),
    ]
    line = k.row(*parts, gap=20)
    banner = k.frame(line, (64, 0, 64, 0), fixed=(0, HEAD), pill="accent")
    banner.setStyleSheet('QFrame[pill="accent"] { border-radius:0; }')
    return banner


def _time(guide: Guide) -> str:
    return f"{guide.desk.office.clock.now():%H:%M}"


def _day(guide: Guide) -> str:
    now = guide.desk.office.clock.now()
    weekday = guide.texts[f"kiosk.weekday.{now.isoweekday()}"]
    return guide.texts.say("kiosk.day", month=now.month, day=now.day, weekday=weekday)


def show_time(page: QWidget, guide: Guide) -> None:
    """Bring the clock of a shown page up to date."""
    for name, now in (("clock", _time(guide)), ("today", _day(guide))):
        label = page.findChild(QLabel, name)
        if label is not None and label.text() != now:
            label.setText(now)


# -- steps -----------------------------------------------------------------------------------------


def _steps(page: Page, now: int) -> QFrame:
    k, t = page.k, page.t
    bars: list[Part] = []
    for i in range(len(STEP_KEYS)):
        colour = k.pal.ok if i < now else k.pal.primary if i == now else k.pal.line
        bar = k.frame(k.col(), fixed=(0, 12))
        bar.setStyleSheet(f"background:{colour}; border-radius:{k.px(6)}px;")
        bars.append(bar)
    names = [t[f"kiosk.step.{key}"] for key in STEP_KEYS]
    here = t.say("kiosk.step.now", n=now + 1, of=len(names), name=names[now])
    after = t["kiosk.step.last"]
    if now + 1 < len(names):
        after = t.say("kiosk.step.next", name=names[now + 1])
    words = k.row(k.text(here, "strong", "primary"), None, k.text(after, "body", "muted"))
    return k.frame(k.col(words, k.even(*bars, gap=8), gap=12), (64, 0, 64, 0), fixed=(0, STEPS))


# -- foot ------------------------------------------------------------------------------------------


def _foot(page: Page) -> QFrame:
    return foot(page.guide, back=page.can_back, leave=page.can_leave)


def foot(guide: Guide, *, back: bool, leave: bool) -> QFrame:
    k, t, elder = guide.kit, guide.texts, guide.session.elder
    size = "normal" if elder else "big"
    places = (
        ("back", "back", back, guide.back),
        ("leave", "exit", leave, guide.leave),
        ("help", "bell", True, guide.call_help),
        (size, "bigtext", guide.profile.elder_offered, lambda: guide.set_elder(not elder)),
        ("language", "language", len(guide.profile.locales) > 1, lambda: guide.go("language")),
    )
    parts: list[Part] = []
    for name, icon, there, press in places:
        if not there:
            parts.append(k.frame(k.col(), fixed=(188, 128)))
            continue
        calls = name == "help"
        button = k.tool(
            icon,
            t[f"kiosk.foot.{name}"],
            (k.px(188), k.px(128)),
            k.px(48),
            k.px(34 if elder else 26),
            k.pal.accent if calls else k.pal.primary,
            k.pal.accent_soft if calls else k.pal.surface,
            "foot_size" if name == size else f"foot_{name}",
            f"border-radius:{k.px(16)}px; font-weight:700; padding-top:{k.px(8)}px;",
        )
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda _=False, press=press: press())
        parts.append(button)
    if k.wide:
        parts.insert(2, None)
        parts.insert(4, None)
    return k.frame(k.row(*parts, gap=16), (36, 16, 36, 16), fixed=(0, FOOT), role="foot")
