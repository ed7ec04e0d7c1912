"""Chinese characters by their pinyin, for names typed at a kiosk.

`resources/names/pinyin.txt`: one line a syllable, then its characters, those frequent in
names first.  Read once, when the first name is typed.
"""

from functools import cache

from app.texts import RESOURCES


@cache
def table() -> dict[str, str]:
    """Syllable (lower case, u-umlaut written v) to characters."""
    lines = (RESOURCES / "names" / "pinyin.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split() for line in lines if line and not line.startswith("#")]
    return {entry[0]: entry[1] for entry in entries}


@cache
def candidates(letters: str) -> str:
    """The characters of this syllable; while it is not complete, the first ones of those it may become."""
    wanted = letters.lower()
    known = table()
    exact = known.get(wanted, "")
    longer = [known[s] for s in sorted(known) if s.startswith(wanted) and s != wanted]
    rest = "".join(characters[:3] for characters in longer)
    return "".join(dict.fromkeys(exact + rest))
