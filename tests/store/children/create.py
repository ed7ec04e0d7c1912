"""argv: folder.  Say that everything is imported, then create the folder and its store, and stay."""

import sys
from pathlib import Path

from app.store.local import open_local
from tests.store.children import say

say("ready")
local = open_local(Path(sys.argv[1]), "test", {"GUANJIA_KEYSTORE": "file"})
local.archive.put("A-1", b"%PDF")
say("created")
sys.stdin.read()
