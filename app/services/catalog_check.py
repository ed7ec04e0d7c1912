"""The quality check over the whole catalog of this station, a page at a time.

Used on the `catalog` executor: between two pages a search has its turn.  What is kept is codes by
rule and department, so that a city's catalog with a dozen gaps an item fits easily, and a page that
shows one department need not look through all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from app.domain.catalog_quality import ORDER, UNSAID, check_quality
from app.domain.catalog_rules import Severity
from app.services.office import Office

PAGE = 40  # some 5 ms: a search that comes meanwhile waits no longer


@dataclass(frozen=True, slots=True)
class Judged:
    """`field` as the finding names it; `codes` by department, in the order they were met."""

    rule: str
    field: str
    severity: Severity
    count: int
    by_department: Mapping[str, Sequence[str]]

    @property
    def codes(self) -> tuple[str, ...]:
        """Of all departments."""
        return tuple(chain.from_iterable(self.by_department.values()))

    def count_of(self, department: str) -> int:
        """ "" for all."""
        return len(self.by_department.get(department, ())) if department else self.count

    def first(self, department: str, most: int) -> tuple[str, ...]:
        """ "" for all; no more are looked at than are wanted."""
        codes = self.by_department.get(department, ()) if department else chain(*self.by_department.values())
        return tuple(islice(codes, most))


@dataclass(frozen=True, slots=True)
class ItemLine:
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`groups`: the gravest first, then the most frequent; `lines` by item code; `departments` sorted."""

    version: str
    items: int
    groups: tuple[Judged, ...]
    lines: Mapping[str, ItemLine]
    departments: tuple[str, ...]


class CatalogCheck:
    """One run; not to be shared between threads."""

    def __init__(self, office: Office) -> None:
        self._catalog = office.catalog
        info = self._catalog.info()
        self.version = info.version if info else ""
        self.total = info.items if info else 0
        self._after = ""
        self._bodies: set[str] = set()
        self._groups: dict[tuple[str, str, Severity], dict[str, list[str]]] = {}
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
            department = self._lines[finding.item_code].department
            self._groups.setdefault(key, {}).setdefault(department, []).append(finding.item_code)
        return True

    def result(self) -> CheckResult:
        """After the last step."""
        groups = [
            Judged(rule, field, severity, sum(map(len, codes.values())), codes)
            for (rule, field, severity), codes in self._groups.items()
        ]
        groups.sort(key=lambda g: (ORDER.index(g.severity), -g.count, g.rule, g.field))
        departments = tuple(sorted({name for group in groups for name in group.by_department}))
        return CheckResult(self.version, len(self._lines), tuple(groups), self._lines, departments)
