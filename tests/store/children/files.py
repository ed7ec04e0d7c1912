"""Keep files for ever, hand one in three in, take one in three away; a line for each that is safe.

python -m tests.store.children.files DATA FIRST
"""

import hashlib
import itertools
import os
import sys
from pathlib import Path

from app.domain.material_file import MediaType
from app.domain.numbering import NumberBlock
from app.services import materials
from app.services.intake import receive
from app.store.local import open_local
from tests.services.fakes import FOLDER_KEY, Hall, an_application


def main(data: Path, first: int) -> None:
    with open_local(data, "child", FOLDER_KEY) as local:
        office = Hall(local).office()
        with office.store.begin() as work:
            work.add_block(NumberBlock("block", 1, 100_000))
            work.commit()
        print("ready", flush=True)
        for n in itertools.count(first):
            content = b"%PDF-" + os.urandom(20_000 + n % 7 * 30_000)
            request = f"request-{n}"
            kept = materials.keep(office, request, content, MediaType.PDF, 1)
            if n % 3 == 1:
                materials.drop(office, kept.file_id)
            elif n % 3 == 2:
                receive(office, an_application(n), offline=True)
                print(kept.file_id, hashlib.sha256(content).hexdigest(), request, flush=True)


main(Path(sys.argv[1]), int(sys.argv[2]))
