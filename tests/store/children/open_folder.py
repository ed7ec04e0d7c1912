"""argv: folder.  Open it as a station does; say where the key is, or the code of the error."""

import json
import sys
from pathlib import Path

from app.errors import AppError
from app.store.local import open_local
from tests.store.children import say

folder = Path(sys.argv[1])
try:
    with open_local(folder, "test") as local, local.store.begin() as work:
        notes = work.note("opened") or ""
        work.set_note("opened", notes + "x")
        work.commit()
except AppError as error:
    say(json.dumps({"error": error.code, "detail": str(error)}))
else:
    place = json.loads((folder / "store.id").read_text())["place"]
    say(json.dumps({"place": place, "file": (folder / "store.key").exists(), "before": len(notes)}))
