"""One sync in a process of its own: URL, DATA folder (with root.json in it); prints an error's code."""

import sys
from pathlib import Path

from app.errors import AppError
from app.remote.catalog_sync import TufCatalogSync


def main(arguments: list[str]) -> int:
    url, data = arguments[0], Path(arguments[1])
    if "announce" in arguments:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
    try:
        TufCatalogSync(url, data, (data / "root.json").read_bytes()).run()
    except AppError as error:
        sys.stdout.write(error.code)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
