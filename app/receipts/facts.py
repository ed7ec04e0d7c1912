"""What stands on a receipt, in words, once for both papers: the A4 page and the slip only place it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.printing import reprint_no
from app.domain.receipt import IssuedReceipt, Receipt, ReceiptMaterial, canonical, digest
from app.texts import Texts

_PAPERLESS = frozenset({"licence", "shared"})
LAWS = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Impression:
    """What belongs to one print and not to the receipt.  `draft`: a preview, nothing of it is signed."""

    copy_no: int = 1
    platform_number: str = ""
    printed_at: datetime | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` names its label; `marks` are the short doubts that belong to it; `note` explains it."""

    key: str
    value: str
    marks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """`due` and `got` as originals / copies."""

    index: int
    name: str
    due: str
    got: str
    how: str
    note: str


@dataclass(frozen=True)
class Facts:
    """One receipt, one impression, one language."""

    receipt: Receipt
    texts: Texts
    impression: Impression = Impression()
    qr_text: str = ""
    digest_head: str = ""

    # -- head and foot ---------------------------------------------------------------------------------

    @property
    def place(self) -> str:
        r = self.receipt
        channel = self.texts.code("paper.channel", r.channel)
        return self.texts.say("paper.head", site=r.site, station=r.station_id, channel=channel)

    @property
    def demo(self) -> str:
        """ "" on a receipt that counts."""
        return self.word("demo") if self.receipt.demo else ""

    @property
    def number(self) -> str:
        return self.receipt.number or self.word("no_number")

    @property
    def platform(self) -> str:
        number = self.impression.platform_number
        return self.word("platform_number", number=number) if number else self.word("platform_unknown")

    @property
    def copy_mark(self) -> str:
        """ "" on the first print."""
        count = reprint_no(self.impression.copy_no)
        return self.word("copy", count=count) if count else ""

    @property
    def line(self) -> str:
        """ "" on a paper that was made with the gateway there and a catalog it had proved."""
        if self.receipt.catalog_stale:
            return self.word("stale")
        return self.word("offline") if self.receipt.offline else ""

    @property
    def scan(self) -> str:
        if not self.qr_text:
            return self.word("no_code")
        return self.word("scan_offline" if self.receipt.offline else "scan")

    @property
    def made_at(self) -> datetime:
        return self.impression.printed_at or self.receipt.received_at

    @property
    def printed_at(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"

    @property
    def operator(self) -> str:
        r = self.receipt
        if not (r.operator_name and r.operator_id):
            return r.operator_name or r.operator_id or self.texts.code("paper.channel", r.channel)
        return self.word("person", name=r.operator_name, id=r.operator_id)

    @property
    def service_phone(self) -> str:
        return self.receipt.service_phone or self.word("no_service_phone")

    # -- facts ------------------------------------------------------------------------------------------

    def people(self) -> list[Fact]:
        r = self.receipt
        who = "handler" if r.organisation else "applicant"
        document = f"{r.document_kind} {r.document_number}".strip()
        return [
            *([Fact("organisation", r.organisation)] if r.organisation else []),
            Fact(who, r.applicant_name),
            Fact("document", document, tuple(_document_marks(r, self.texts))),
            Fact("phone", r.phone or self.word("not_given")),
            Fact("agent", r.agent_name or self.word("no_agent")),  # nobody noted: not that nobody came
        ]

    def matter(self) -> list[Fact]:
        r = self.receipt
        return [
            Fact("item", r.item_name),
            Fact("department", r.department),
            Fact("situation", self.word("join").join(r.situation) or self.word("none")),
            Fact("item_code", r.item_code),
            Fact("catalog", r.catalog_version),
            Fact("promise", _promise(r.promise_days, self.texts)),
            Fact("delivery", r.delivery),
        ]

    def dates(self) -> list[Fact]:
        """Received, start, answer, and the end of the promise where there is one."""
        r = self.receipt
        weekday = self.word(f"weekday.{r.received_at.isoweekday()}")
        starts = "starts_today" if r.starts == r.received_at.date() else "starts_later"
        facts = [
            Fact("received", f"{r.received_at:%Y-%m-%d %H:%M}", (), weekday),
            self._day("starts", r.starts, r.starts_provisional, starts),
            self._day("answer", r.answer_by, r.answer_provisional, "answer"),
        ]
        if r.promised_by is not None and r.promise_days:
            facts.append(self._day("promised", r.promised_by, r.promised_provisional, "promised"))
        return facts

    @property
    def provisional(self) -> bool:
        return any(fact.marks for fact in self.dates())

    def notes(self) -> list[str]:
        """What the marks on this paper mean, a sentence each."""
        marked = {
            "provisional": self.provisional,
            "stale": self.receipt.catalog_stale,
            "copy": bool(self.copy_mark),
        }
        return [self.word(f"{mark}_note") for mark, there in marked.items() if there]

    def label(self, fact: Fact, short: bool = False) -> str:
        key = f"paper.short.{fact.key}"
        return self.texts[key] if short and key in self.texts else self.word(f"label.{fact.key}")

    # -- materials ----------------------------------------------------------------------------------------

    def materials(self) -> list[MaterialLine]:
        return [_material(n, m, self.texts) for n, m in enumerate(self.receipt.materials, 1)]

    def material_count(self, key: str) -> str:
        """The sentence `key` with how many kinds are due and how many of them are settled."""
        due = self.receipt.materials
        return self.word(key, due=len(due), got=sum(_settled(m) for m in due))

    def laws(self) -> Sequence[str]:
        return [self.word(f"law.{n}") for n in LAWS]

    def word(self, key: str, **values: object) -> str:
        """A sentence of the papers' own table."""
        return self.texts.say(f"paper.{key}", **values)

    def _day(self, key: str, day: date, provisional: bool, note: str) -> Fact:
        marks = (self.word("provisional"),) if provisional else ()
        return Fact(key, day.isoformat(), marks, self.word(f"when.{note}"))


def _document_marks(r: Receipt, texts: Texts) -> list[str]:
    marks = [] if r.machine_read else [texts["paper.unread"]]
    return marks + ([texts["paper.bad_number"]] if r.number_valid is False else [])


def _promise(days: int | None, texts: Texts) -> str:
    if days is None:
        return texts["paper.promise.none"]
    return texts.say("paper.promise.days", days=days) if days else texts["paper.promise.immediate"]


def _material(index: int, m: ReceiptMaterial, texts: Texts) -> MaterialLine:
    came = m.originals + m.copies > 0 or m.how in _PAPERLESS
    return MaterialLine(
        index=index,
        name=m.name,
        due=f"{m.due_originals}/{m.due_copies}",
        got=f"{m.originals}/{m.copies}",
        how=texts.code("collect", m.how) if came else "\u2014",
        note=_remark(m, texts),
    )


def _remark(m: ReceiptMaterial, texts: Texts) -> str:
    if m.how in _PAPERLESS:
        return texts["paper.table.paperless"]
    if _settled(m):
        return ""
    return texts["paper.table.partly" if m.originals + m.copies else "paper.table.missing"]


def _settled(m: ReceiptMaterial) -> bool:
    enough = m.originals >= m.due_originals and m.copies >= m.due_copies
    return enough or m.how in _PAPERLESS


def of_issued(issued: IssuedReceipt, texts: Texts, impression: Impression) -> Facts:
    seal = digest(canonical(issued.receipt), issued.salt)[:6].hex().upper()
    head = "-".join(seal[i : i + 4] for i in range(0, 12, 4))
    return Facts(issued.receipt, texts, impression, issued.qr_text, head)


def of_draft(receipt: Receipt, texts: Texts) -> Facts:
    return Facts(receipt, texts, Impression(draft=True))
