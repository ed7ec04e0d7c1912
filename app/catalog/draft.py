"""The draft of a catalog: imported here, unsigned; searchable, publishable, never used for cases.

DATA/draft/items.jsonl      the items, one JSON record a line: what a gateway publishes
DATA/draft/bundles.jsonl    一件事, one JSON record a line
DATA/draft/catalog.sqlite   the same, built: what search and show read
"""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app.atomic_file import translated, write_atomically
from app.catalog.build import build_catalog
from app.catalog.importing import ImportReport, read_items
from app.catalog.source import DRAFT
from app.domain import record
from app.domain.catalog import Bundle, Item
from app.domain.hall_time import CHINA
from app.errors import CatalogFileError, StoreDamagedError

ITEMS = DRAFT.with_name("items.jsonl")
BUNDLES = DRAFT.with_name("bundles.jsonl")
T = TypeVar("T")


def import_draft(file: Path, format_name: str, data: Path, now: datetime | None = None) -> ImportReport:
    """Make `file` the draft of the folder `data`, in place of an earlier one.

    Args:
        format_name: "native", "gd-portal", or "" to tell it from the content.
        now: time of the import, aware; the version is made from it.

    Raises:
        CatalogFileError: the file cannot be understood.
        StoreError, DiskFullError: the draft cannot be written.
    """
    imported = read_items(file, format_name)
    if not imported.items:
        raise CatalogFileError("no usable item", file=file.name)
    at = now or datetime.now(CHINA)
    with translated(data / ITEMS):
        (data / ITEMS).parent.mkdir(parents=True, exist_ok=True)
    for path, values in ((ITEMS, imported.items), (BUNDLES, imported.bundles)):
        lines = "".join(record.dumps(value) + "\n" for value in values)
        write_atomically(data / path, lines.encode(), mode=0o644)
    build_catalog(imported.items, f"draft-{at:%Y%m%d%H%M%S}", at, data / DRAFT, imported.bundles)
    return imported.report


def draft_items(data: Path) -> tuple[Item, ...] | None:
    """The items of the draft in `data`; None when there is none.  Raises StoreDamagedError."""
    return _lines(data / ITEMS, Item)


def draft_bundles(data: Path) -> tuple[Bundle, ...]:
    """The bundles of the draft in `data`.  Raises StoreDamagedError."""
    return _lines(data / BUNDLES, Bundle) or ()


def _lines(path: Path, kind: type[T]) -> tuple[T, ...] | None:
    try:
        with path.open(encoding="utf-8") as lines:
            return tuple(record.loads(kind, line) for line in lines)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreDamagedError(f"{path.name}: {type(error).__name__}") from error
