"""`catalog check` and `catalog template`, as a calling program sees them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.catalog.demo import demo_items
from app.catalog.sheet_form import carried
from app.catalog.xlsx_writing import workbook_of

ROOT = Path(__file__).parents[2]


def program(*arguments: object) -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments), "--json"], capture_output=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A file as a department hands it in: two items, one of them with a wrong cell."""
    path = tmp_path / "items.xlsx"
    path.write_bytes(workbook_of([carried(item) for item in demo_items()[:2]]))
    book = load_workbook(path)
    book["事项"]["L3"].value = "两次"
    book.save(path)
    return path


def test_from_template_to_catalog_and_back(tmp_path: Path, filled: Path) -> None:
    code, made = program("catalog", "check", filled)
    assert code == 0 and made["items"] == 2
    assert made["places"] == [
        {"sheet": "事项", "row": 3, "column": "到现场次数", "rule": "not_count", "sentence": "应填写数字"}
    ]
    assert {"item", "name", "department", "field", "rule", "severity", "sentence"} == set(made["findings"][0])
    assert sum(row["count"] for row in made["rules"]) == len(made["findings"])
    code, imported = program("catalog", "import", filled, "--data", tmp_path / "data")
    assert code == 0 and imported["items"] == 2 and len(imported["places"]) == 1
    code, there = program("catalog", "check", "--data", tmp_path / "data")
    assert code == 0 and there["rules"] == made["rules"]
    again = tmp_path / "again.xlsx"
    assert program("catalog", "template", "--out", again, "--data", tmp_path / "data")[1]["items"] == 2
    assert load_workbook(again)["事项"].max_row == 4


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    code, answer = program("catalog", "template", "--out", tmp_path / "t.doc")
    assert code == 1 and answer["error"]["code"] == "catalog_file"
    code, answer = program("catalog", "check", "--data", tmp_path / "none")
    assert code == 1 and answer["error"]["message"]
