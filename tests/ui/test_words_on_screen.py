"""Every sentence a window can say is there, in every language that is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import app.errors
from app.domain.precheck import Severity
from app.errors import AppError
from app.texts import DEFAULT_LOCALE, RESOURCES, Texts, load
from ui.pages.counter.checks import FIELDS

LOCALES = sorted(path.stem for path in (RESOURCES / "text").glob("*.toml"))
KEY = re.compile(r"(ui|counter|popup|signin|health|cases|inspect)(\.[a-z0-9_]+)+")
ROOT = Path(__file__).parent.parent.parent


def _errors(kind: type[AppError] = AppError) -> Iterator[type[AppError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(app.errors.__name__ + "."):
            yield child
        yield from _errors(child)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_has_a_sentence_of_its_own_or_of_its_family(locale: str) -> None:
    texts = load(locale)
    codes = {kind.code for kind in _errors()}
    assert len(codes) > 40
    for code in codes:
        family = code.split(".")[0]
        assert f"error.{family}.text" in texts, f"{code}: its family has no sentence"
        assert f"error.{code}.text" in texts, code


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_every_key_with_the_same_places(locale: str) -> None:
    ours, reference = load(locale), load(DEFAULT_LOCALE)
    assert set(ours) == set(reference)
    for key in reference:
        assert _places(ours[key]) == _places(reference[key]), key


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _literal_keys(file: Path) -> Iterator[str]:
    """Keys that stand in the source as they are: texts["a.b"], texts.say("a.b", …)."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    composed = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if id(node) in composed:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
            yield node.value


def test_every_key_in_the_windows_exists_and_no_sentence_is_left_over() -> None:
    texts = load()
    used = {key for file in (ROOT / "ui").rglob("*.py") for key in _literal_keys(file)}
    assert len(used) > 150
    tables = {key.rpartition(".")[0] for key in texts}  # what texts.code() looks into
    assert not [key for key in used if key not in texts and key not in tables]


RULES = (
    "not_offered",
    "not_yet",
    "withdrawn",
    "applicant_incomplete",
    "organisation_missing",
    "not_machine_read",
    "number_check",
    "number_good",
    "number_disagrees",
    "document_expired",
    "document_valid",
    "minor",
    "identity_unconfirmed",
    "identity_confirmed",
    "situation_open",
    "not_eligible",
    "situation_clear",
    "material_complete",
    "material_missing",
    "material_deferred",
    "phone_missing",
    "phone_shape",
    "phone_good",
    "address_missing",
    "starts_later",
    "date_provisional",
    "doubtful_read",
)


def test_every_rule_of_the_pre_check_has_words() -> None:
    texts = load()
    source = (ROOT / "app/domain/precheck.py").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:Finding\(\s*|_passed\()"([a-z_]+)"', source))
    assert named <= set(RULES), named - set(RULES)
    for rule in RULES:
        assert f"precheck.{rule}.title" in texts and f"precheck.{rule}.advice" in texts, rule
    assert set(FIELDS) <= set(RULES)
    assert Severity.ERROR.value == "error"


def test_no_chinese_sentence_uses_half_width_punctuation() -> None:
    """Half-width commas in Chinese were a mistake of the mock; file patterns and versions are none."""
    texts: Texts = load()
    bad = [key for key in texts if re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", texts[key])]
    assert not bad
