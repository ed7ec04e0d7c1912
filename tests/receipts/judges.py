"""Programs and fonts that are not ours and judge our papers; `make test` installs them where it may."""

import shutil

import pytest

from app.receipts import fonts

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="needs zbar-tools")
needs_hanazono = pytest.mark.skipif(not fonts.load().fallbacks, reason="needs fonts-hanazono")
