#!/usr/bin/env bash
# Draw the pictures of the README anew from a tour, and with `all` also what nobody ships and everybody should look at:
# every state the tests audit, and papers with every mark, in out/album.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python main.py tour --more --out "$scratch"
mkdir -p docs/pictures
cp "$scratch"/counter-*-ready.png docs/pictures/counter.png
cp "$scratch"/counter-*-capture.png docs/pictures/capture.png
cp "$scratch"/counter-*-on-file.png docs/pictures/on-file.png
cp "$scratch"/counter-*-catalog.png docs/pictures/catalog.png
cp "$scratch"/counter-*-readiness.png docs/pictures/readiness.png
cp "$scratch"/kiosk-*-themes.png docs/pictures/kiosk.png
cp "$scratch"/popup-*-ready.png docs/pictures/popup.png
cp "$scratch"/kiosk-*-receipt.png docs/pictures/kiosk-receipt.png
cp "$scratch"/slip-0001.png docs/pictures/slip.png
.venv/bin/python - "$scratch/counter-receipt.pdf" docs/pictures/receipt.png <<'PYTHON'
import sys

import pypdfium2

pypdfium2.PdfDocument(sys.argv[1])[0].render(scale=1.5).to_pil().save(sys.argv[2])
PYTHON
.venv/bin/python - docs/pictures/*.png <<'PYTHON'
import sys

from PIL import Image

for path in sys.argv[1:]:  # flat colours: 256 of them are enough, at a third of the size
    Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)
PYTHON

[ "${1:-}" = all ] || exit 0
rm -rf out/album
mkdir -p out/album
cp -r "$scratch" out/album/tour
PYTHONPATH=. .venv/bin/python scripts/sample_papers.py out/album/papers
QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest -q -n 3 --dist loadfile -p tests.ui.album \
    tests/ui/test_audit.py tests/ui/test_kiosk_pages.py tests/ui/test_catalog_page.py tests/ui/test_catalog_changes.py \
    tests/ui/test_enrol_page.py tests/ui/test_materials_on_file.py
echo "Album: $(find out/album -name '*.png' | wc -l) pictures, in $PWD/out/album"
