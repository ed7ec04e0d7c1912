"""argv: database limit.  With files limited to `limit` bytes write until it fails; lift the limit, go on."""

import json
import resource
import sys
from pathlib import Path

from app.errors import AppError
from app.store.sql_store import SqlStore
from tests.store.children import say
from tests.store.samples import KEY, a_case, a_receipt

path = Path(sys.argv[1])
SqlStore(path, KEY).close()
store = SqlStore(path, KEY)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), hard))
kept, code, n = 0, "", 0
while not code and n < 500:
    n += 1
    try:
        with store.begin() as work:
            work.add_case(a_case(n), a_receipt(a_case(n)))
            work.commit()
            kept = n
    except AppError as error:
        code = error.code
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
with store.begin() as work:
    seen = work.count_cases(a_case(0).received_at)
    work.add_case(a_case(n), a_receipt(a_case(n)))
    work.commit()
store.check()
with store.begin() as work:
    after = work.count_cases(a_case(0).received_at)
say(json.dumps({"kept": kept, "code": code, "seen": seen, "after": after}))
