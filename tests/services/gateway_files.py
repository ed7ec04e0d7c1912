"""Materials on file at a pretended gateway; the real one is in tests/e2e/test_materials.py."""

import hashlib
from collections.abc import Callable

from app.domain.material_file import FileProgress, MaterialFile
from app.errors import AppError


class GatewayFiles:
    """A part of the fake gateways.  `file_trouble` says what a part meets; `contents` is what came."""

    def __init__(self) -> None:
        self.announced: dict[str, MaterialFile] = {}
        self.contents: dict[str, bytes] = {}
        self.parts: list[tuple[str, int]] = []
        self.file_trouble: Callable[[MaterialFile, int], AppError | None] = lambda file, start: None

    def begin_file(self, file: MaterialFile, timeout_s: float = 10.0) -> FileProgress:
        self.reached()
        self.announced[file.file_id] = file
        return self._progress(file.file_id)

    def send_part(self, file_id: str, start: int, data: bytes, timeout_s: float = 30.0) -> FileProgress:
        self.reached()
        trouble = self.file_trouble(self.announced[file_id], start)
        if trouble is not None:
            raise trouble
        held = self.contents.get(file_id, b"")
        self.parts.append((file_id, start))
        if start == len(held):
            self.contents[file_id] = held + data
        return self._progress(file_id)

    def finish_file(self, file_id: str, timeout_s: float = 30.0) -> FileProgress:
        self.reached()
        return self._progress(file_id)

    def reached(self) -> None:
        """Raises OfflineError while the line is down."""

    def _progress(self, file_id: str) -> FileProgress:
        held = self.contents.get(file_id, b"")
        whole = len(held) == self.announced[file_id].size
        return FileProgress(len(held), whole, hashlib.sha256(held).hexdigest() if whole else "")
