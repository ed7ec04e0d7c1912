"""Every page by its name."""

from collections.abc import Mapping

from ui.pages.kiosk.attract import AttractPage, ClosedPage
from ui.pages.kiosk.card import CardPage, NoCardPage
from ui.pages.kiosk.check import CheckPage
from ui.pages.kiosk.consent import ConsentPage
from ui.pages.kiosk.contact import DeliveryPage, PhonePage
from ui.pages.kiosk.hand import HandNamePage, HandNumberPage
from ui.pages.kiosk.language import LanguagePage
from ui.pages.kiosk.leaving import LeavingPage
from ui.pages.kiosk.materials import MaterialsPage
from ui.pages.kiosk.page import Page
from ui.pages.kiosk.question import QuestionPage
from ui.pages.kiosk.receipt import ReceiptPage
from ui.pages.kiosk.search import SearchPage
from ui.pages.kiosk.sending import FailedPage, SendingPage
from ui.pages.kiosk.staff import StaffPage, StaffSignInPage
from ui.pages.kiosk.staff_sheet import StaffSheetPage
from ui.pages.kiosk.summary import SummaryPage
from ui.pages.kiosk.themes import ItemsPage, ThemesPage
from ui.pages.kiosk.trouble import TroublePage

_PAGES: tuple[type[Page], ...] = (
    AttractPage,
    ClosedPage,
    TroublePage,
    ThemesPage,
    ItemsPage,
    SearchPage,
    ConsentPage,
    CardPage,
    NoCardPage,
    HandNumberPage,
    HandNamePage,
    CheckPage,
    QuestionPage,
    MaterialsPage,
    PhonePage,
    DeliveryPage,
    SummaryPage,
    SendingPage,
    FailedPage,
    ReceiptPage,
    LeavingPage,
    LanguagePage,
    StaffSignInPage,
    StaffPage,
    StaffSheetPage,
)
PAGES: Mapping[str, type[Page]] = {page.name: page for page in _PAGES}
