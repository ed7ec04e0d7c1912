"""Takes out of a log whatever could be a person: for the log files and the diagnostic bundle (ADR 0085).

By shape only: id numbers (15 and 18 characters, GB 11643), USCC (18, GB 32100), telephones, bank cards,
travel documents, 医保 codes and every other long run of figures; and every Chinese character, since the
program logs in English words and codes, so that Chinese in a log can only be somebody's.  A name in Latin
letters has no shape: that none is ever logged is for the tests.
"""

import re

MARK = "[removed]"
_CHINESE = r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
_SHAPES = re.compile(
    "|".join(
        (
            rf"{_CHINESE}(?:[\u00b7\s]?{_CHINESE})*",
            r"\d(?:[ \-]?\d){10,}[Xx]?",  # 11 figures or more, grouped or not
            r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])",  # USCC
            r"(?<![0-9A-Za-z])[A-Z]{1,2}\d{7,12}(?![0-9A-Za-z])",  # passports and permits
            r"(?<![0-9A-Za-z.\-])\d{8,10}(?![0-9A-Za-z.\-])",  # a permit for Taiwan, a telephone of a house
            r"(?<![0-9A-Za-z\-])(?=[0-9A-Z]*\d)(?=[0-9A-Z]*[A-Z])[0-9A-Z]{20,}(?![0-9A-Za-z])",
            r"\b(?i:https?)://[^/\s]+/R/[^\s\"']+",  # the QR of a receipt
            r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+",
        )
    )
)


def redacted(text: str) -> str:
    """`text` with everything of such a shape replaced by `MARK`; redacting twice changes nothing more."""
    return _SHAPES.sub(MARK, text)
