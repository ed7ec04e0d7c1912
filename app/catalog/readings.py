"""How the texts of a catalog are read (pinyin), asked once when it is built.

Every character has its usual readings; where a phrase calls for another one (会 in 会计),
that place of that text gets it besides.  So 会计 is found under `kuaiji`, and 社会 is not
found under `shekuai`.
"""

from itertools import groupby

Sounds = tuple[tuple[str, ...], ...]
"""For each unit of a text its readings, in lower-case letters without tones (ü as v)."""

_EXTRA = {"lve": ("lve", "lue"), "nve": ("nve", "nue")}


def is_hanzi(unit: str) -> bool:
    """Unified ideographs with their extensions, and 〇."""
    point = ord(unit)
    return 0x3400 <= point <= 0x9FFF or 0x20000 <= point <= 0x3FFFF or point == 0x3007


class Reader:
    """Reads texts and remembers what it has met.  `usual`: character → its readings alone."""

    def __init__(self) -> None:
        self.usual: dict[str, tuple[str, ...]] = {}
        self.syllables: set[str] = set()

    def read(self, text: str) -> tuple[Sounds, dict[int, tuple[str, ...]]]:
        """The readings of a normalised text, and the unusual ones among them by place.

        A unit that is no known Chinese character is read as itself.
        """
        sounds: list[tuple[str, ...]] = []
        unusual: dict[int, tuple[str, ...]] = {}
        for hanzi, run in groupby(text, is_hanzi):
            phrase = "".join(run)
            for unit, heard in zip(phrase, _pinyin(phrase) if hanzi else phrase, strict=True):
                usual = self._usual(unit)
                fresh = tuple(sound for sound in _spellings(heard) if hanzi and sound not in usual)
                if fresh:
                    unusual[len(sounds)] = fresh
                    self.syllables.update(fresh)
                sounds.append(usual + fresh)
        return tuple(sounds), unusual

    def _usual(self, unit: str) -> tuple[str, ...]:
        if not is_hanzi(unit):
            if unit.isascii() and unit.isalpha():
                self.syllables.add(unit)
            return (unit,)
        if unit not in self.usual:
            self.usual[unit] = _spellings(_pinyin(unit)[0]) or (unit,)
            self.syllables.update(sound for sound in self.usual[unit] if sound != unit)
        return self.usual[unit]


def _spellings(sound: str) -> tuple[str, ...]:
    """The ways people type one reading; none for what is no reading."""
    return _EXTRA.get(sound, (sound,)) if sound.isascii() and sound.isalpha() else ()


def _pinyin(phrase: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(phrase, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
