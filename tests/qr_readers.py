"""Two readers of QR codes that are not ours.

Both are asked for QR codes alone: in about one signed token of 400 they also see a bar code of another
kind among the modules.
"""

import subprocess
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image


def zxing(picture: Any) -> list[str]:
    """`picture`: a path, an image of Pillow or an array of grey values."""
    image = Image.open(picture) if isinstance(picture, Path) else picture
    return [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def zbar(picture: Path) -> list[str]:
    command = ["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)]
    return subprocess.run(command, capture_output=True, text=True).stdout.split()
