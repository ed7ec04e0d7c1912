"""Second processes of the tests of the store."""

import sys


def say(*words: object) -> None:
    """One line to the test that started this process, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()
