"""A hall for the tests: the gateway and every device as processes of their own, the program as another."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.commands.embedded import Embedded
from app.domain.catalog import Channel
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    code: int
    value: Any
    errors: str

    @property
    def error(self) -> str:
        return str(self.value["error"]["code"])


def program(*arguments: object) -> Answer:
    """Run `main.py ARGUMENTS --json` to its end; stdout must be one JSON document."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
    )
    try:
        value = json.loads(done.stdout) if done.stdout else None
    except ValueError:
        raise AssertionError(f"not one JSON document: {done.stdout!r}\n{done.stderr}") from None
    return Answer(done.returncode, value, done.stderr)


def one_by_one(commands: Sequence[Sequence[object]]) -> list[Answer]:
    """Commands that end at once, in one process; their words on stderr are together with the last answer."""
    lines = [json.dumps([*map(str, words), "--json"]) for words in commands]
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.one_by_one"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(commands), done.stderr
    answers = [Answer(code, json.loads(out) if out else None, "") for code, out in said]
    return [*answers[:-1], Answer(answers[-1].code, answers[-1].value, done.stderr)]


@cache
def hits(data: Path, text: str) -> list[dict[str, Any]]:
    """Asked once: the catalog of a hall stays as it is."""
    found: list[dict[str, Any]] = program("catalog", "search", text, "--data", data).value
    return found


@cache
def first_answers(data: Path, code: str) -> dict[str, str]:
    item = program("catalog", "show", code, "--data", data).value
    return {question["id"]: question["options"][0]["id"] for question in item["situations"]}


@dataclass(frozen=True)
class Hall:
    services: Embedded
    station: Path
    data: Path

    def intake(self, file: Path, **fields: Any) -> Answer:
        """Write the hand-in and run the headless intake on it."""
        document = {"decision": "receive", "applicant": "read", "materials": "all", **fields}
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return program("intake", file, "--station", self.station, "--data", self.data)

    def run(self, *words: object) -> Answer:
        return program(*words, "--station", self.station, "--data", self.data)

    def search(self, text: str) -> list[dict[str, Any]]:
        return hits(self.data, text)

    def first_path(self, code: str) -> dict[str, str]:
        """The first option of every question of an item."""
        return first_answers(self.data, code)

    def slips(self) -> list[bytes]:
        """The bytes of every slip that was cut, in order."""
        return [path.read_bytes() for path in sorted(self.services.slips.glob("*.bin"))]


def make_hall(services: Embedded, mode: Channel = Channel.COUNTER) -> Hall:
    station, data = services.station(mode)
    return Hall(services, station, data)
