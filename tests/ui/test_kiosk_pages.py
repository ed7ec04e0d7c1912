"""Every page of the kiosk, normal and elder, portrait and landscape: nothing cut, small or out of reach."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.case import Contact
from app.domain.catalog import (
    Audience,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Option,
    Period,
    Question,
)
from app.domain.device import DeviceKind, DeviceStatus, DeviceTrouble
from app.domain.identity import document_kind_of
from app.domain.printing import PrintJob, PrintOutcome, PrintState
from app.errors import DiskFullError, StoreDamagedError
from app.texts import load
from tests.ui.kiosk_drive import PHONE, Visitor, cut_words, visitor
from tests.ui.kiosk_fakes import PERSON, PROFILE, bench
from ui import theme
from ui.pages.kiosk import spelling
from ui.pages.kiosk.book import PAGES
from ui.pages.kiosk.kit import KioskKit
from ui.pages.kiosk.parts import EMPTY, ERASE, after_key
from ui.pages.kiosk.session import Session
from ui.profile import Profile
from ui.widgets.audit import audit

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)


def several(size: tuple[int, int]) -> Profile:
    """A kiosk with a choice of languages, which puts every button on the foot."""
    return replace(PROFILE, least_size=size, locales=PROFILE.locales * 2)


def longest_item() -> Item:
    """An item as wordy as a real catalog's."""
    who = Question(
        "who",
        "您现在住的房子，是自己的、租的，还是单位安排的宿舍？",
        tuple(
            Option(
                f"o{i}",
                "自己或配偶名下有产权的房子，并且已经办好不动产登记",
                "要带不动产权证书原件，查得到的可以不带",
            )
            for i in range(7)
        ),
    )
    more = Question(
        "more",
        "还有下面这些情况吗？",
        (
            Option("a", "没有"),
            Option("b", "有", refusal="这种情况要由户籍所在地的公安派出所当面核实，请带齐证件到窗口办理。"),
        ),
        multiple=True,
        when=(Choice("who", "o0"),),
        help="有的话要多交一份证明。",
    )
    rules = tuple(
        MaterialRule(
            Material(f"m{i}", f"第{i}份材料：近三个月内开具的居住地址证明或者房屋租赁合同及其备案凭证", 1, 2)
        )
        for i in range(11)
    )
    return Item(
        code="9" * 31,
        name="外来务工人员随迁子女义务教育阶段积分制入学申请（变更居住地址）",
        department="演示·教育局",
        department_code="x",
        audience=frozenset({Audience.PERSON}),
        channels=frozenset({Channel.KIOSK}),
        promise=Period(30),
        questions=(who, more),
        rules=rules,
        theme="family",
    )


def tour(person: Visitor) -> Iterator[str]:
    """Bring up every page in every state worth looking at; yields a name for each."""
    shell, devices = person.shell, person.devices
    yield "attract"
    devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    person.settle()
    yield "attract, no paper"
    person.touch("start")
    yield "trouble, paper"
    devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.NO_DEVICE, "device.not_found")
    person.settle()
    yield "trouble, printer"
    devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
    person.settle()
    yield "trouble, reader"
    for kind in (DeviceKind.RECEIPT_PRINTER, DeviceKind.ID_READER):
        devices.set(kind, DeviceStatus.ONLINE)
    person.settle()
    yield "trouble, over"
    person.touch("go_on")
    yield "themes"
    if person.has("more_themes"):
        person.touch("more_themes")
        yield "more themes"
        person.touch("more_themes")
    person.touch("search")
    yield "search"
    person.type("J")
    person.wait(lambda: shell.session.found_for == "J")
    yield "search, found"
    person.type("QQQQ")
    person.wait(lambda: shell.session.found_for == "JQQQQ")
    yield "search, nothing"
    person.touch("foot_back")
    for code, _count in shell.board.themes():
        shell.session.theme = code
        shell.go("items")
        yield f"items of {code}"
        person.touch("foot_back")
    person.choose(shell.board.themes()[0][0])
    person.touch("foot_back")
    yield "consent"
    person.touch("agree")
    yield "card"
    devices.say(DeviceTrouble(DeviceKind.ID_READER, "device.card_unsupported"))
    person.settle()
    yield "card, unread"
    person.touch("no_card")
    yield "no card"
    person.touch("try_again")
    person.touch("hand")
    yield "number by hand"
    person.type("110105194912310029")
    yield "number, wrong"
    person.touch("key_erase")
    person.type("X")
    yield "number, right"
    person.touch("next")
    yield "name by hand"
    person.type("LI")
    yield "name, characters"
    person.touch("choice_李")
    person.type("QQ")
    yield "name, no such syllable"
    person.touch("key_erase")
    person.touch("key_erase")
    person.type("SI")
    person.touch("choice_四")
    person.touch("next")
    yield "check, typed"
    person.touch("no")
    devices.lay_card(replace(PERSON, valid_to=PERSON.valid_from, long_term=False), doubtful=True)
    person.at("check")
    yield "check, expired and doubtful"
    person.touch("no")
    person.lay_card()
    yield "check"
    person.touch("yes")
    yield from ask(person)
    yield "materials"
    person.touch("next")
    yield "materials, lacking"
    person.touch("foot_help")
    yield "materials, help called"
    person.touch("foot_back")
    person.touch("next")
    person.touch("all_taken")
    person.touch("next")
    yield "phone"
    person.type(PHONE)
    yield "phone, typed"
    person.touch("next")
    yield "delivery"
    person.touch("delivery_mail")
    person.touch("next")
    yield "summary"
    kept = shell.session.intake
    shell.session.intake = replace(kept, contact=Contact(""), takings={}, doubtful=True)
    shell.redraw()
    yield "summary, findings"
    shell.session.intake = kept
    shell.session.error = DiskFullError()
    shell.swap("failed")
    yield "failed"
    devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
    shell.swap("summary")
    gate = Event()
    person.bench.executors[0].submit(gate.wait, 20)
    person.touch("submit")
    yield "sending"
    gate.set()
    person.at("receipt")
    person.printed()
    person.wait(lambda: shell.session.uploaded is not None)
    yield from receipts(person)
    person.touch("finish")
    yield "leaving"
    devices.lay_card()
    person.settle()
    yield "leaving, card left"
    person.seconds.run(5)
    shell.tick()
    person.touch("home")
    shell.set_elder(elder := shell.kit.elder)
    person.touch("foot_language")
    yield "language"
    shell.set_elder(elder)
    shell.go("staff_sign_in")
    yield "staff sign-in"
    shell.go("staff")
    person.wait(lambda: not shell.idle.held)
    yield "staff"
    shell.go("staff_sheet")
    person.wait(lambda: not (shell.session.check and shell.session.check.running))
    yield "staff sheet"
    for kind in (DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER):
        devices.set(kind, DeviceStatus.NO_DEVICE, "device.not_found")
    person.bench.gateway.offline = True
    person.touch("sheet_again")
    person.wait(lambda: not (shell.session.check and shell.session.check.running))
    yield "staff sheet, limits"
    shell.board.error = StoreDamagedError()
    shell.swap("closed")
    yield "closed"


def ask(person: Visitor) -> Iterator[str]:
    while person.place == "question":
        question = person.shell.page.question()  # type: ignore[union-attr]
        yield f"question {question.id}"
        for option in question.options:
            if option.refusal and person.has(f"option_{option.id}"):
                person.touch(f"option_{option.id}")
                yield f"question {question.id}, refused"
                if question.multiple:
                    person.touch(f"option_{option.id}")
        if person.has("page_next") and person.widget("page_next").isEnabled():
            person.touch("page_next")
            yield f"question {question.id}, more"
            person.touch("page_prev")
        person.touch(f"option_{question.options[0].id}")
        yield f"question {question.id}, answered"
        person.touch("next")


def receipts(person: Visitor) -> Iterator[str]:
    """The receipt with every fate of its paper, each also with the card seen again."""
    session, shell = person.shell.session, person.shell
    known = session.job
    assert known is not None
    session.uploaded = False
    fates: list[tuple[str, PrintJob | None, bool, bool]] = [
        ("printing", known, True, False),
        ("no paper", None, False, True),
        *[
            (state.value, replace(known, state=state, reason="device.printer_paper"), False, False)
            for state in PrintState
        ],
    ]
    for name, job, printing, paperless in fates:
        session.job, session.printing, session.paperless = job, printing, paperless
        for card in (False, True):
            session.card_seen_at = person.seconds() if card else None
            shell.redraw()
            yield f"receipt, {name}{', card' if card else ''}"
    session.job, session.printing, session.paperless, session.card_seen_at = known, False, False, None
    shell.redraw()
    person.seconds.run(shell.presence.limit() + 1)
    shell.tick()
    person.settle()
    yield "still here"
    person.touch("stay")


FEET = ("foot_back", "foot_leave", "foot_help", "foot_size", "foot_language")


@pytest.mark.parametrize(
    ("size", "elder", "wordy"),
    [
        pytest.param(PORTRAIT, False, False, id="portrait"),
        pytest.param(PORTRAIT, True, False, id="portrait-elder"),
        pytest.param(PORTRAIT, False, True, id="portrait-wordy"),
        pytest.param(PORTRAIT, True, True, id="portrait-elder-wordy"),
        pytest.param(LANDSCAPE, False, False, id="landscape"),
        pytest.param(LANDSCAPE, True, True, id="landscape-elder-wordy"),
    ],
)
def test_nothing_is_cut_small_or_out_of_reach_and_the_foot_never_moves(
    tmp_path: Path, qtbot: QtBot, size: tuple[int, int], elder: bool, wordy: bool
) -> None:
    faults: list[str] = []
    seen = set()
    feet: dict[str, set[tuple[int, int]]] = {}
    high = PROFILE.touch_from_y if size == PORTRAIT else 0
    with (
        bench(tmp_path, [longest_item()] if wordy else None) as made,
        visitor(tmp_path, qtbot, size=size, profile=several(size), made=made) as person,
    ):
        person.wait(lambda: person.shell.board.ready)
        person.shell.set_elder(elder)
        for name in tour(person):
            person.settle()
            seen.add(person.place)
            found = audit(person.shell, PROFILE.touch_target, high) + cut_words(person.shell)
            faults += [f"{name}: {fault}" for fault in found]
            for foot in FEET:
                if person.has(foot):
                    at = person.widget(foot).mapTo(person.shell, person.widget(foot).rect().topLeft())
                    feet.setdefault(foot, set()).add((at.x(), at.y()))
    assert not faults, "\n".join(faults)
    assert seen == set(PAGES)
    assert set(feet) == set(FEET) and all(len(places) == 1 for places in feet.values()), feet


def test_a_page_says_nothing_that_has_no_sentence() -> None:
    """Every locale has a name of its own to be chosen by."""
    for locale in PROFILE.locales:
        assert load(locale)["kiosk.language.own_name"]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE, (540, 960), (800, 600), (270, 480)])
def test_a_page_fits_its_window(size: tuple[int, int]) -> None:
    kit = KioskKit(theme.KIOSK, size, elder=False)
    width, height = kit.size()
    assert width <= size[0] + 1 and height <= size[1] + 1
    assert abs(width / height - kit.page[0] / kit.page[1]) < 0.01


def test_a_list_fits_on_one_size_of_heading() -> None:
    kit = KioskKit(theme.KIOSK, PORTRAIT, elder=False)
    assert kit.heading(["居住证签注", "失业登记"], 640) == "h2"
    assert kit.heading(["居住证签注", "很" * 20], 640) == "h2"  # two lines
    assert kit.heading(["居住证签注", "很" * 40], 640) == "title"


@pytest.mark.parametrize(
    ("letters", "first"), [("li", "李"), ("LI", "李"), ("zhang", "张"), ("lv", "吕"), ("shan", "单")]
)
def test_a_name_is_found_by_its_syllable(letters: str, first: str) -> None:
    assert first in spelling.candidates(letters)[:6]


def test_the_table_of_syllables_is_whole() -> None:
    table = spelling.table()
    characters = set("".join(table.values()))
    assert len(table) > 400 and len(characters) > 6500
    assert all(key.isascii() and key.islower() for key in table)
    assert spelling.candidates("qq") == ""
    assert set("赵钱孙李周吴郑王") <= characters
    assert spelling.candidates("zh")  # not a syllable yet: what it may become


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("11010519491231002X", "resident"),
        ("810000199408230021", "hmt_residence"),
        ("830000199201300022", "hmt_residence"),
        ("911124198108030024", "foreigner_2023"),
    ],
)
def test_the_kind_of_document_follows_from_the_number(number: str, kind: str) -> None:
    assert document_kind_of(number).value == kind


def test_keys_write_erase_and_empty() -> None:
    assert after_key("12", "3", 5) == "123"
    assert after_key("12345", "6", 5) == "12345"
    assert after_key("12", ERASE, 5) == "1" and after_key("", ERASE, 5) == ""
    assert after_key("12", EMPTY, 5) == ""


def test_a_forgotten_session_is_as_new() -> None:
    session = Session("zh_CN", number="11010519491231002X", name="演示", help_at="10:32")
    session.forget()
    assert (session.number, session.name, session.help_at) == ("", "", "")
    assert session.intake.empty and session.received is None


def test_a_citizen_cannot_open_a_menu_type_a_file_or_drop_one(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        shell = person.shell
        assert shell.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu
        for widget in shell.findChildren(QWidget):
            assert not widget.acceptDrops()
            assert not isinstance(widget, (QLineEdit, QTextEdit))


def test_without_reader_and_hand_entry_only_the_window_is_left(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot, profile=replace(PROFILE, hand_entry=False)) as person:
        person.wait(lambda: person.shell.board.ready)
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
        person.settle()
        person.touch("start")
        assert person.place == "trouble" and not person.has("go_on")
        assert audit(person.shell, PROFILE.touch_target, PROFILE.touch_from_y) == []
        assert "kiosk.trouble.reader" in person.bench.actions()


def test_a_window_of_another_size_shows_the_same_page(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        before = person.shell.session.intake
        for width, height in ((1920, 1080), (540, 960), (1080, 1920)):
            person.shell.resize(width, height)
            person.settle()
            assert person.place == "summary" and person.shell.session.intake == before
            assert person.shell.kit.wide == (width > height)
            assert audit(person.shell) == []
