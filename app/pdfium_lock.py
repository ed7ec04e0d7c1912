"""PDFium keeps global state and knows no threads: whoever calls it holds this lock."""

from threading import Lock

PDFIUM = Lock()
