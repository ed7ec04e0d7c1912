"""A window's fetch without the window: URL, DATA folder (with root.json in it); prints an error's code."""

import sys
from pathlib import Path

from app.commands.fetching import CatalogFetch
from app.errors import AppError


def main(url: str, data: Path) -> int:
    try:
        CatalogFetch(url, data, (data / "root.json").read_bytes()).run()
    except AppError as error:
        sys.stdout.write(error.code)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
