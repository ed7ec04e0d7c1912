"""Invented items of real shape for measuring: names, bodies, papers and texts as long as real ones.

`items(count, seed)` gives the same items at every call.  The words stand in realistic.toml; no item,
body or telephone number is a real one.  Most names come once in each town, as in a city's catalog.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    Choice,
    FaqEntry,
    Fee,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Period,
    Question,
    Result,
    Step,
    Window,
)

Words = Mapping[str, Any]
_PERSON, _FIRM = frozenset({Audience.PERSON}), frozenset({Audience.ENTERPRISE})
_CHANNELS = (
    (Channel.COUNTER,),
    (Channel.COUNTER, Channel.ONLINE),
    (Channel.COUNTER, Channel.KIOSK, Channel.ONLINE),
    (Channel.COUNTER, Channel.KIOSK, Channel.POPUP, Channel.ONLINE),
    (Channel.ONLINE,),
)


@dataclass(frozen=True, slots=True)
class _Base:
    """What the towns' versions of one item share."""

    trade: int
    thing: int
    verb: int
    qualifier: str
    name: str


@cache
def words() -> Words:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def items(count: int, seed: int = 1) -> Iterator[Item]:
    """`count` items of 2 to 6 KB as JSON, each with its own code; at most as many as names × towns."""
    chance = random.Random(seed)
    bases = _bases()
    chance.shuffle(bases)
    bases = bases[: -(-count // len(words()["places"])) if count > 10_000 else len(bases)]
    for number in range(count):
        town, at = divmod(number, len(bases))
        yield _item(bases[at], at, town, random.Random(f"{seed}.{number}"))


def _bases() -> list[_Base]:
    table = words()
    bases: dict[str, _Base] = {}
    chance = random.Random(0)
    for trade, field in enumerate(table["trade"]):
        for thing, named in enumerate(field["objects"]):
            for verb, does in enumerate(table["verbs"]):
                for qualifier in chance.sample(sorted(set(table["qualifiers"])), 3):
                    name = f"{named}{does}{qualifier}"
                    bases[name] = _Base(trade, thing, verb, qualifier, name)
    return list(bases.values())


def _item(base: _Base, number: int, town: int, chance: random.Random) -> Item:
    table = words()
    field = table["trade"][base.trade]
    place = table["places"][town % len(table["places"])]
    body = table["city_body" if not place else "town_body"].format(town=place, body=field["body"])
    questions = _questions(table, chance)
    legal = chance.choice((5, 7, 10, 15, 20, 30, 45, 60))
    visits = chance.randrange(3)
    uscc = f"11441900{base.trade:02}{town:02}3318{base.trade % 10}C"
    return Item(
        code=f"{uscc}3442{base.trade % 2}{field['digits']}{number:06}",
        name=base.name,
        department=body,
        department_code=uscc,
        audience=_audience(table, base, chance),
        channels=frozenset(chance.choice(_CHANNELS)),
        type_code="01",
        case_type=chance.choice((CaseType.IMMEDIATE, CaseType.PROMISED)),
        legal=Period(legal),
        promise=Period(chance.randrange(1, legal + 1)),
        visits=visits,
        fee=chance.random() < 0.1,
        questions=questions,
        rules=tuple(_rules(table, field, questions, base, chance)),
        everyday_names=_everyday(table, field, base, chance),
        theme=chance.choice(table["themes"]),
        conditions="".join(chance.sample(table["conditions"], chance.randint(1, 3))),
        results=(Result(field["objects"][base.thing], table["result"]),),
        phone=f"0769-0000{chance.randrange(10_000):04}",
        variant=base.qualifier[1:-1],
        version=str(chance.randint(1, 12)),
        body_nature="1",
        steps=tuple(_steps(table, chance)),
        fees=(Fee(*table["fee"]),) if chance.random() < 0.1 else (),
        windows=(_window(table, place, chance),),
        faq=tuple(FaqEntry(*entry) for entry in chance.sample(table["faq"], chance.randrange(3))),
        legal_basis=tuple(chance.sample(table["bases"], 1)),
        visit_reason=table["visit_reason"] if visits else "",
        online_depth=chance.choice(("I", "II", "III", "IV")),
    )


def _audience(table: Words, base: _Base, chance: random.Random) -> frozenset[Audience]:
    if base.qualifier in table["for_persons"]:
        return _PERSON
    return _FIRM if base.qualifier in table["for_firms"] else chance.choice((_PERSON, _FIRM, _PERSON | _FIRM))


def _everyday(table: Words, field: Words, base: _Base, chance: random.Random) -> tuple[str, ...]:
    short = field["everyday"][base.thing]
    named = (short, short + chance.choice(table["everyday_verbs"]))
    return named[: chance.randrange(3)]


def _questions(table: Words, chance: random.Random) -> tuple[Question, ...]:
    asked = chance.sample(table["questions"], chance.randrange(3))
    return tuple(
        Question(
            f"q{n}", text, tuple(Option(f"o{m}", label) for m, label in enumerate(_labels(table, chance)))
        )
        for n, text in enumerate(asked, start=1)
    )


def _labels(table: Words, chance: random.Random) -> Sequence[str]:
    at = chance.randrange(0, len(table["options"]), 2)
    return list(table["options"][at : at + 2])


def _rules(
    table: Words, field: Words, questions: tuple[Question, ...], base: _Base, chance: random.Random
) -> Iterator[MaterialRule]:
    common = chance.sample(table["common_materials"], chance.randint(1, 3))
    own = chance.sample(field["materials"], chance.randint(0, 2))
    form = table["form"].format(thing=field["objects"][base.thing], verb=table["verbs"][base.verb])
    names = dict.fromkeys([form, *common, *own])
    for n, name in enumerate(names, start=1):
        when = (Choice(questions[0].id, "o0"),) if questions and n > 2 and chance.random() < 0.5 else ()
        yield MaterialRule(_material(table, f"m{n}", name, chance), when)


def _material(table: Words, key: str, name: str, chance: random.Random) -> Material:
    return Material(
        key,
        name,
        chance.randrange(2),
        chance.randrange(3),
        chance.choice(tuple(Necessity)),
        source=chance.choice(table["sources"]),
        form=chance.choice(table["forms"]),
        points=chance.choice(table["points"]) if chance.random() < 0.4 else "",
        kind=chance.choice(table["kinds"]),
    )


def _steps(table: Words, chance: random.Random) -> Iterator[Step]:
    for n in range(chance.randint(1, len(table["steps"]) - 1)):
        detail = table["standards"][n] if chance.random() < 0.5 else ""
        yield Step(table["steps"][n], str(chance.randrange(6)), table["handlers"][n], detail, "")


def _window(table: Words, place: str, chance: random.Random) -> Window:
    where = f"{table['city']}{place}"
    return Window(
        f"{where}{table['hall']}",
        where
        + table["desk"].format(
            chance.choice(table["roads"]), chance.randrange(1, 400), chance.randrange(1, 40)
        ),
        f"0769-0000{chance.randrange(10_000):04}",
        table["hours"],
    )
