"""argv: folder command.  Take the writer's lock, say so, hold it until stdin ends."""

import sys
from pathlib import Path

from app.errors import StoreBusyError
from app.store.folder import DataFolder
from tests.store.children import say

try:
    lock = DataFolder(Path(sys.argv[1])).lock(sys.argv[2])
except StoreBusyError as error:
    say("busy", error.values["pid"], error.values["command"])
else:
    say("held")
    sys.stdin.read()
    lock.release()
