"""argv: database first.  Store case after case for ever; print each case's id once it is committed."""

import sys
from itertools import count
from pathlib import Path

from app.domain.numbering import NumberBlock
from app.store.sql_store import SqlStore
from tests.store.children import say
from tests.store.samples import KEY, a_case, a_job, a_message, a_number, a_receipt

store = SqlStore(Path(sys.argv[1]), KEY)
with store.begin() as work:
    work.add_block(NumberBlock("block", 1, 999_999))
    work.commit()
for n in count(int(sys.argv[2])):
    with store.begin() as work:
        case = a_case(n, number=a_number(work.take_sequence()))
        work.add_case(case, a_receipt(case))
        work.add_message(a_message(n))
        work.add_print(a_job(n))
        work.commit()
    say(case.case_id, case.number)
