"""The search index, seen from both sides: what the publisher writes and what a terminal asks for.

A name is a row of units, one a character, white space and punctuation left out.  A unit is
known by the character itself, by its readings in full (`zheng`), by the beginnings of its
readings (`zh`), and by their first letters.  From these, words for the index are made
(grams): single units, neighbouring pairs, and triples of first letters.  The first letters
of a word say which field it stands for and what it is:

    n c X, n c XY     names: a character, two neighbours         (fields: n name, v everyday names,
    n s zheng, n s ju·zh     a reading in full, and how the next begins   d department, m materials)
    n p zh                   the beginning of a reading
    n x Xz, n x zX           a character and the first letter beside it
    n i ab, n i abc          first letters of two and three neighbours
    a n …, a v …      the same for how a name begins
    e n NAME          a whole name, as written and by its sounds (e v … an everyday name, e k … a code)
    k 1144, a k 11    four neighbours in a code, how it begins
    f …               what items are filtered by; by number their department and their materials

The index answers with a superset (it knows no places), which `app.catalog.query` then checks.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise, product

Sounds = Sequence[tuple[str, ...]]
"""For each unit of a text its readings, without tones; a Latin letter is read as itself."""

NAME, EVERYDAY, DEPARTMENT, MATERIALS, START, WHOLE, CODE = "n", "v", "d", "m", "a", "e", "k"
CHARACTER, SYLLABLE, BEGINNING, INITIALS, BOTH = "c", "s", "p", "i", "x"
SEPARATOR = "\u00b7"  # a letter to FTS5's ascii tokenizer, and never one of a normalised text
CODE_GRAM = 4
CODE_STARTS = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18)  # 18: the body's USCC
_SPELLINGS = 8  # a long name with many second readings is not written out in every mixture of them


class _Units(dict[int, str]):
    """A table for `str.translate`: what each character is in units, worked out when first met."""

    def __missing__(self, point: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(point)).casefold()
        self[point] = units = "".join(filter(str.isalnum, folded))
        return units


_UNITS, _LINES = _Units(), _Units({ord("\n"): "\n"})


def plain(raw: str) -> str:
    """The units of `raw`."""
    return raw.translate(_UNITS)


def plain_lines(raw: str) -> str:
    """The units of each line of `raw`."""
    return raw.translate(_LINES)


def in_raw(raw: str, span: tuple[int, int]) -> tuple[int, int]:
    """Where in `raw` the units [start, end) come from; all units are all of `raw`."""
    units = plain(raw)
    if span == (0, len(units)):
        return 0, len(raw)
    if raw.startswith(units[: span[1]]):
        return span  # nothing was left out so far
    ends = list(accumulate(len(_UNITS[ord(character)]) for character in raw))
    return bisect_right(ends, span[0]), bisect_left(ends, span[1]) + 1


def text_grams(text: str, field: str, sounds: Sounds = ()) -> Iterator[str]:
    """Every word for one normalised text; without `sounds`, characters only."""
    for i, unit in enumerate(text):
        yield field + CHARACTER + unit
        if i + 1 < len(text):
            yield field + CHARACTER + text[i : i + 2]
    for i in range(len(sounds)):
        yield from _sound_grams(tuple(sounds[i : i + 3]), field)
    for i in range(len(sounds) - 1):
        yield from (field + BOTH + text[i] + sound[0] for sound in sounds[i + 1])
        yield from (field + BOTH + sound[0] + text[i + 1] for sound in sounds[i])


def start_grams(text: str, field: str, sounds: Sounds) -> Iterator[str]:
    """The words for how a name begins."""
    yield START + field + CHARACTER + text[:1]
    yield START + field + CHARACTER + text[:2]
    yield from _sound_grams(tuple(sounds[:3]), START + field)


@lru_cache(maxsize=1 << 16)
def _sound_grams(sounds: tuple[tuple[str, ...], ...], field: str) -> tuple[str, ...]:
    """The words that begin at the first of up to three neighbouring units."""
    return tuple(_heard(sounds, field))


def _heard(sounds: Sounds, field: str) -> Iterator[str]:
    for sound in sounds[0] if sounds else ():
        yield field + SYLLABLE + sound
        yield from (field + BEGINNING + sound[: n + 1] for n in range(len(sound)))
    for first, second in product(*sounds[:2]) if len(sounds) > 1 else ():
        pair = field + SYLLABLE + first + SEPARATOR
        yield from (pair + second[: n + 1] for n in range(len(second)))
    letters = [dict.fromkeys(sound[0] for sound in unit) for unit in sounds]
    for length in range(2, len(letters) + 1):
        for initials in product(*letters[:length]):
            yield field + INITIALS + "".join(initials)


def pairs(sounds: Sounds) -> Iterator[str]:
    """Neighbouring readings in full: what `app.catalog.query.Vocabulary` knows."""
    for first, second in pairwise(sounds):
        yield from (one + SEPARATOR + two for one in first for two in second)


def whole_grams(text: str, field: str, sounds: Sounds = ()) -> Iterator[str]:
    """A whole text as it is written, as it is read, and by its first letters."""
    yield WHOLE + field + text
    for reading in islice(product(*sounds), _SPELLINGS if sounds else 0):
        yield WHOLE + field + "".join(reading)
        yield WHOLE + field + "".join(sound[0] for sound in reading)


def code_grams(code: str) -> Iterator[str]:
    """`code` normalised.  Four neighbours anywhere; how it begins, as far as bodies are told apart."""
    for i in range(len(code) - CODE_GRAM + 1):
        yield CODE + code[i : i + CODE_GRAM]
    yield from (START + CODE + code[:n] for n in CODE_STARTS if n <= len(code))


def code_start(piece: str) -> str:
    """The word of every code that begins with `piece`, as far as one says it."""
    return START + CODE + piece[: max(n for n in CODE_STARTS if n <= len(piece))]


def code_words(piece: str) -> list[str]:
    """The words of every code that holds `piece`; none for a short one."""
    return [CODE + piece[at : at + CODE_GRAM] for at in range(len(piece) - CODE_GRAM + 1)]


def filter_gram(kind: str, value: str) -> str:
    """`value` in hexadecimal, since FTS5 would split at a sign."""
    return f"f{kind}{value.encode().hex()}"


def department_gram(number: int) -> str:
    return f"fd{number}"


def paper_gram(number: int) -> str:
    return f"fm{number}"


def unique(words: Iterable[str]) -> str:
    """The words once each, in first order, as one text for FTS5."""
    return " ".join(dict.fromkeys(words))
