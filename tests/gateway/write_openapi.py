"""`python -m tests.gateway.write_openapi` writes docs/gateway/openapi.json anew from the application."""

import json
import tempfile
from pathlib import Path

from app.gateway.application import create_app
from app.gateway.parts import open_parts
from tests.gateway.running import ROOT


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = open_parts(Path(folder), None, demo=False)
        document = create_app(parts).openapi()
        parts.database.close()
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (ROOT / "docs" / "gateway" / "openapi.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
