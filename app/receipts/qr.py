"""The QR of a receipt as a matrix of modules; the papers draw it each in their own way."""

from app.receipts.token import qr_alphanumeric

QUIET = 4  # modules of white on every side, ISO/IEC 18004
# Trying all eight masks is three quarters of the work, and a signed token is as good as random: under
# blur and rotation each mask read as often as the one with the least penalty.
_MASK = 2

Matrix = list[list[bool]]


def matrix(text: str, level: str = "M") -> Matrix:
    """Square of modules, True dark, without quiet zone; `level` L, M, Q or H.

    Raises ValueError for text outside the alphanumeric set: what a receipt encodes never is.
    """
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
    from qrcode.util import QRData

    if not qr_alphanumeric(text):
        raise ValueError("not a text for alphanumeric mode")
    levels = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
    code = QRCode(error_correction=levels[level], border=0, mask_pattern=_MASK)
    code.add_data(QRData(text), optimize=0)  # the narrowest mode that holds it: alphanumeric
    code.make(fit=True)
    return [[bool(cell) for cell in row] for row in code.get_matrix()]
