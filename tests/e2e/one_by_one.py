"""Commands in one process, one after the other: a start costs more than most of them.

Reads a JSON array of arguments a line, writes `[exit code, what it said on stdout]` a line.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

from app.commands import main

if __name__ == "__main__":
    for line in sys.stdin:
        said = StringIO()
        with redirect_stdout(said):
            code = main(json.loads(line))
        print(json.dumps([code, said.getvalue()]), flush=True)
