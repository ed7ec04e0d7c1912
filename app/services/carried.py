"""What travels with the catalog, in words: the same on the device page, the readiness sheet and in doctor."""

from collections.abc import Sequence

from app.domain.carried import Carried, CarriedKind, Standing
from app.texts import Texts


def refused(carried: Sequence[Carried]) -> tuple[Carried, ...]:
    return tuple(each for each in carried if each.standing is Standing.BROKEN)


def describe(texts: Texts, each: Carried) -> str:
    """One file and how it stands."""
    kind = texts[f"carried.kind.{each.kind.value}"]
    standing = texts[f"carried.standing.{each.standing.value}"]
    if each.standing is Standing.BROKEN:
        reason = texts.say(f"carried.reason.{each.reason}", at=each.at)
        return texts.say("carried.line_broken", kind=kind, name=each.name, reason=reason)
    key = "carried.line_version" if each.version else "carried.line"
    return texts.say(key, kind=kind, name=each.name, version=each.version, standing=standing)


def instead(texts: Texts, broken: Sequence[Carried]) -> str:
    """What counts in the place of the files that are refused."""
    kinds = {each.kind for each in broken}
    return "".join(texts[f"carried.instead.{kind.value}"] for kind in CarriedKind if kind in kinds)
