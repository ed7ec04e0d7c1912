"""How python-tuf gets its metadata here: over our own line, with our own limits and errors.

Only a missing file is told to python-tuf in its own words (that is how the search for newer
root files ends); everything else passes through it as this program's errors.
"""

import time
from collections.abc import Iterator

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface

from app.errors import CatalogUntrustedError, ProtocolError
from app.remote.line import Answer, Line, TooLongError, server_time
from app.remote.refusals import refusal

METADATA_S = 15.0
_LARGEST_METADATA = 5_000_000
_MISSING = (403, 404)


class LineFetcher(FetcherInterface):
    """`clock_offset_s`: the server's clock minus ours by its last answer, None while unknown."""

    def __init__(self, line: Line, patience_s: float = METADATA_S) -> None:
        self._line = line
        self._patience_s = patience_s
        self.clock_offset_s: float | None = None

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """`url` is a path of the gateway.

        Raises DownloadHTTPError (missing), CatalogUntrustedError (endless), RemoteError.
        """
        try:
            answer = self._line.exchange("GET", url, deadline_s=self._patience_s, limit=max_length)
        except TooLongError as error:
            raise CatalogUntrustedError("longer than allowed") from error
        self._note_time(answer)
        if answer.status in _MISSING:
            raise DownloadHTTPError("not there", answer.status)
        if answer.status != 200:
            raise refusal(answer)
        if answer.media_type == "text/html":
            raise ProtocolError("a page for people instead of a file")  # a sign-in page of the network
        return answer.body

    def _fetch(self, url: str) -> Iterator[bytes]:
        yield self.download_bytes(url, _LARGEST_METADATA)

    def _note_time(self, answer: Answer) -> None:
        theirs = server_time(answer)
        if theirs is not None:
            self.clock_offset_s = theirs - time.time()
