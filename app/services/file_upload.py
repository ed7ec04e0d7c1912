"""Sending materials on file, a part at a time, so that no file keeps the line to itself.

How far a file has come is asked of the gateway, never remembered here: whatever crashed,
wherever, the upload goes on at what the gateway holds.  At the end the gateway hashes what
it has, and its answer is compared with the hash the file was stored under.
"""

import time
from collections.abc import Mapping

from app.domain.material_file import PART, FileProgress, MaterialFile
from app.domain.outbox import OutboxMessage
from app.errors import FileCorruptError, ProtocolError, RejectedError, StoreDamagedError
from app.ports import Gateway
from app.services.office import Office

PART_S = 30.0  # the longest a part may take
_BEGIN_S = 10.0
_FIRST_PART = PART // 4
_SMALLEST_PART = 16 * 1024
_QUICK_S, _SLOW_S = 0.5, 2.0
UNREADABLE = "file_unreadable"  # the reason of a file that this station cannot read any more
CORRUPT = "file_corrupt"


class FileSender:
    """One round of sending.  Parts grow while the line is quick and shrink while it is slow, so that
    a case which is received meanwhile waits for some two seconds and not for a whole file."""

    def __init__(self, office: Office, gateway: Gateway) -> None:
        self._office, self._gateway = office, gateway
        self._offsets: dict[str, int] = {}
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._part = _FIRST_PART
        self._open: tuple[str, bytes] = ("", b"")  # the content sent last

    def turns(self) -> Mapping[str, int]:
        """When each file was served last, by id: the smallest is next."""
        return self._turns

    def step(self, message: OutboxMessage) -> bool:
        """Send one part of a message's file; True when the gateway has it whole and verified.

        Raises RemoteError: besides those of the line FileCorruptError, FilesMissingError, and
        RejectedError, also for a file that cannot be read here any more.
        """
        file = self._file(message)
        self._turn += 1
        self._turns[file.file_id] = self._turn
        offset = self._offsets.get(file.file_id)
        if offset is None:
            known = self._gateway.begin_file(file, _BEGIN_S)
            if known.complete:
                return self._verified(file, known)
            offset = known.offset
            if message.attempts:  # it did not get through last time: begin gently
                self._part = _SMALLEST_PART
        if offset < file.size:
            offset = self._send(file, offset)
        self._note(file, offset)
        return offset >= file.size and self._finished(file)

    def _send(self, file: MaterialFile, start: int) -> int:
        """One part; where to go on."""
        data = self._content(file)[start : start + self._part]
        began = time.monotonic()
        answered = self._gateway.send_part(file.file_id, start, data, PART_S)
        took = time.monotonic() - began
        if took < _QUICK_S:
            self._part = min(PART, self._part * 2)
        elif took > _SLOW_S:
            self._part = max(_SMALLEST_PART, self._part // 2)
        if answered.offset == start:
            raise ProtocolError("the gateway takes nothing of a file")
        return answered.offset

    def _finished(self, file: MaterialFile) -> bool:
        """Raises FileCorruptError."""
        self._offsets.pop(file.file_id, None)
        return self._verified(file, self._gateway.finish_file(file.file_id, PART_S))

    def _verified(self, file: MaterialFile, answered: FileProgress) -> bool:
        if not answered.complete or answered.sha256 != file.sha256:
            raise FileCorruptError("the gateway's hash is another one")
        self._note(file, file.size)
        return True

    def _note(self, file: MaterialFile, offset: int) -> None:
        """For the eye only: the bar of a case's files."""
        self._offsets[file.file_id] = offset
        with self._office.store.begin() as work:
            work.set_file_sent(file.file_id, min(offset, file.size))
            work.commit()

    def _file(self, message: OutboxMessage) -> MaterialFile:
        with self._office.store.begin() as work:
            file = work.file(message.message_id)
        if file is None:
            raise RejectedError(UNREADABLE, reason=UNREADABLE)
        return file

    def _content(self, file: MaterialFile) -> bytes:
        """Read once while the same file is sent on and on."""
        if self._open[0] != file.file_id:
            try:
                data = self._office.vault.get(file.file_id)
            except StoreDamagedError as error:
                raise RejectedError(UNREADABLE, reason=UNREADABLE) from error
            if data is None or len(data) != file.size:
                raise RejectedError(UNREADABLE, reason=UNREADABLE)
            self._open = (file.file_id, data)
        return self._open[1]
