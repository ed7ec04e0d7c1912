"""No sentence that the program asks for by its full key is missing: a blank would be a crash."""

import re
from pathlib import Path

from app import errors
from app.texts import load
from tests.e2e.hall import ROOT

KEY = r"[a-z_]+(?:\.[a-z0-9_]+)+"
ASKED = re.compile(rf'(?:\[|\bsay\()\s*"({KEY})"')


def test_every_key_in_the_sources_has_its_sentence() -> None:
    known = set(load())
    sources = [path for folder in ("app", "ui", "devices") for path in (ROOT / folder).rglob("*.py")]
    asked = {key: path for path in sources for key in ASKED.findall(path.read_text(encoding="utf-8"))}
    tables = {key.partition(".")[0] for key in known}
    missing = {
        key: Path(path).name
        for key, path in asked.items()
        if key.partition(".")[0] in tables and key not in known
    }
    assert not missing
    assert len(asked) > 100, "the pattern still finds them"


def test_every_error_has_a_sentence_with_values_it_is_given() -> None:
    texts = load()
    for name in dir(errors):
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.AppError):
            assert texts.trouble(kind.code), name
