#!/usr/bin/env bash
# Draw the pictures of the README anew from a tour.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python main.py tour --out "$scratch"
mkdir -p docs/pictures
cp "$scratch"/counter-*-ready.png docs/pictures/counter.png
cp "$scratch"/counter-*-capture.png docs/pictures/capture.png
cp "$scratch"/counter-*-on-file.png docs/pictures/on-file.png
cp "$scratch"/kiosk-*-themes.png docs/pictures/kiosk.png
cp "$scratch"/popup-*-ready.png docs/pictures/popup.png
cp "$scratch"/kiosk-*-receipt.png docs/pictures/kiosk-receipt.png
cp "$scratch"/slip-0001.png docs/pictures/slip.png
.venv/bin/python - "$scratch/counter-receipt.pdf" docs/pictures/receipt.png <<'PYTHON'
import sys

import pypdfium2

pypdfium2.PdfDocument(sys.argv[1])[0].render(scale=1.5).to_pil().save(sys.argv[2])
PYTHON
