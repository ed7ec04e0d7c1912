"""The quality check over the whole catalog of this station, a page at a time.

Used on the `catalog` executor: between two pages a search has its turn.  What is kept is codes by
rule, so that a city's catalog with a dozen gaps an item fits easily.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.catalog_quality import ORDER, UNSAID, check_quality
from app.domain.catalog_rules import Severity
from app.services.office import Office

PAGE = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """`field` as the finding names it."""

    rule: str
    field: str
    severity: Severity
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`groups`: the gravest first, then the most frequent; `lines` by item code."""

    version: str
    items: int
    groups: tuple[Judged, ...]
    lines: Mapping[str, ItemLine]


class CatalogCheck:
    """One run; not to be shared between threads."""

    def __init__(self, office: Office) -> None:
        self._catalog = office.catalog
        info = self._catalog.info()
        self.version = info.version if info else ""
        self.total = info.items if info else 0
        self._after = ""
        self._bodies: set[str] = set()
        self._groups: dict[tuple[str, str, Severity], list[str]] = {}
        self._lines: dict[str, ItemLine] = {}

    @property
    def done(self) -> int:
        return len(self._lines)

    def step(self) -> bool:
        """Judge the next page; False when there was none left.  Raises StoreError."""
        page = self._catalog.items(self._after, PAGE)
        if not page:
            return False
        self._after = page[-1].code
        self._lines.update((item.code, ItemLine(item.name, item.department)) for item in page)
        for finding in check_quality(page):
            if finding.rule == "uscc":  # a body is told once, not once a page
                body = finding.item_code[:18]
                if body in self._bodies:
                    continue
                self._bodies.add(body)
            key = (finding.rule, finding.field if finding.rule == UNSAID else "", finding.severity)
            self._groups.setdefault(key, []).append(finding.item_code)
        return True

    def result(self) -> CheckResult:
        groups = [
            Judged(rule, field, severity, tuple(codes))
            for (rule, field, severity), codes in self._groups.items()
        ]
        groups.sort(key=lambda g: (ORDER.index(g.severity), -len(g.codes), g.rule, g.field))
        return CheckResult(self.version, len(self._lines), tuple(groups), dict(self._lines))
