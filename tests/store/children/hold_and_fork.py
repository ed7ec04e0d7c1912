"""argv: folder.  Take the writer's lock and fork a child that outlives this process; print its pid."""

import os
import signal
import sys
from pathlib import Path

from app.store.folder import DataFolder
from tests.store.children import say

lock = DataFolder(Path(sys.argv[1])).lock("parent")
read_end, write_end = os.pipe()
forked = os.fork()
if forked == 0:
    os.close(write_end)
    sys.stdin.close()
    os.read(read_end, 1)  # returns when the parent is dead
    os.write(1, b"orphaned\n")
    signal.pause()
say(forked)
sys.stdin.read()
