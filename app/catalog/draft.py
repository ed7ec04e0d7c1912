"""The draft of a catalog: imported here, unsigned; searchable, publishable, never used for cases.

DATA/draft/items.jsonl      the items, one JSON record a line: what a gateway publishes
DATA/draft/catalog.sqlite   the same, built: what search and show read
"""

import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from app.catalog.build import build_catalog
from app.catalog.importing import ImportReport, read_items
from app.catalog.source import DRAFT
from app.domain import record
from app.domain.catalog import Item
from app.errors import DiskFullError, StoreDamagedError, StoreError

ITEMS = DRAFT.with_name("items.jsonl")
_CHINA = timezone(timedelta(hours=8))


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
    at = now or datetime.now(_CHINA)
    try:
        _write_lines(imported.items, data / ITEMS)
        build_catalog(imported.items, f"draft-{at:%Y%m%d%H%M%S}", at, data / DRAFT)
    except OSError as error:
        kind = DiskFullError if error.errno == errno.ENOSPC else StoreError
        raise kind(f"draft: {type(error).__name__}") from error
    return imported.report


def draft_items(data: Path) -> tuple[Item, ...] | None:
    """The items of the draft in `data`; None when there is none.  Raises StoreDamagedError."""
    path = data / ITEMS
    try:
        with path.open(encoding="utf-8") as lines:
            return tuple(record.loads(Item, line) for line in lines)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreDamagedError(f"{path.name}: {type(error).__name__}") from error


def _write_lines(items: tuple[Item, ...], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(record.dumps(item) + "\n" for item in items)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
