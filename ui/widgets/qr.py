"""Painting a QR whose modules somebody else has worked out."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

INK, PAPER = "#000000", "#FFFFFF"


def draw_modules(p: QPainter, x: float, y: float, size: float, modules: Sequence[Sequence[bool]]) -> None:
    """Draw a square symbol of `size` px with its quiet zone of four modules on white."""
    step = size / (len(modules) + 8)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.fillRect(QRectF(x, y, size, size), QColor(PAPER))
    for j, line in enumerate(modules):
        for i, dark in enumerate(line):
            if dark:
                p.fillRect(
                    QRectF(x + (i + 4) * step, y + (j + 4) * step, step + 0.4, step + 0.4), QColor(INK)
                )
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
