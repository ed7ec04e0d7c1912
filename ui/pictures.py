"""Between Qt's pictures and ours."""

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage

from app.ports import Picture


def image_of(picture: Picture) -> QImage:
    """A copy that outlives the bytes."""
    line = 3 * picture.width
    return QImage(picture.rgb, picture.width, picture.height, line, QImage.Format.Format_RGB888).copy()


def picture_of(image: QImage) -> Picture:
    """The same dots without Qt's padding."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, stride = plain.width(), plain.height(), plain.bytesPerLine()
    dots = bytes(plain.constBits())
    if stride != 3 * width:
        dots = b"".join(dots[y * stride : y * stride + 3 * width] for y in range(height))
    return Picture(width, height, dots)


def shrunk(image: QImage, long_side: int) -> QImage:
    """No longer than that."""
    if max(image.width(), image.height()) <= long_side:
        return image
    keep = Qt.AspectRatioMode.KeepAspectRatio
    return image.scaled(long_side, long_side, keep, Qt.TransformationMode.SmoothTransformation)


def jpeg_of(image: QImage, quality: int = 92) -> bytes:
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(out, "JPEG", quality)  # type: ignore[call-overload]  # the stub says bytes, which are refused
    return bytes(out.data().data())
