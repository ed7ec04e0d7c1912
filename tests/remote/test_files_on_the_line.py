"""Materials on file over a line that answers nonsense, nothing, or another gateway's words."""

import json
import socket
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.material_file import FileRole, MaterialFile, MediaType
from app.errors import FileCorruptError, FilesMissingError, OfflineError, ProtocolError, RejectedError
from app.remote.gateway_client import GatewayClient
from tests.patience import PATIENCE_S
from tests.remote.trouble import answer, server

FILE = MaterialFile(
    "3f0c2a54-0000-4000-8000-000000000001", "draft", "m1", FileRole.MATERIAL, MediaType.PDF, 1, 9, "0" * 64,
    datetime(2026, 11, 21, tzinfo=UTC), "3f0c2a54-0000-4000-8000-000000000002",
)  # fmt: skip
GOOD: dict[str, Any] = {"file_id": FILE.file_id, "offset": 4, "complete": False, "sha256": ""}


def client(url: str) -> GatewayClient:
    return GatewayClient(url, "441900A12", lambda data: b"signature")


def said(status: str, body: object) -> Any:
    return answer(status, json.dumps(body).encode(), "Content-Type: application/json")


def refusal(code: str, **values: object) -> dict[str, object]:
    return {"error": {"code": code, "message": "x", "retryable": False, "values": values}}


def test_progress_is_read_as_it_is_told() -> None:
    with server(said("200 OK", GOOD)) as url:
        told = client(url).begin_file(FILE)
        assert (told.offset, told.complete, told.sha256) == (4, False, "")
        assert client(url).send_part(FILE.file_id, 0, b"%PDF").offset == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": -1},
        {"offset": "4"},
        {"offset": True},
        {"complete": 1},
        {"sha256": None},
        {"file_id": "3f0c2a54-0000-4000-8000-000000000009"},
    ],
)
def test_nonsense_is_no_progress(wrong: dict[str, object]) -> None:
    with server(said("200 OK", {**GOOD, **wrong})) as url, pytest.raises(ProtocolError):
        client(url).send_part(FILE.file_id, 0, b"%PDF")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        ("409 Conflict", "file_corrupt", FileCorruptError),
        ("409 Conflict", "files_missing", FilesMissingError),
        ("404 Not Found", "file_unknown", FilesMissingError),
        ("415 Unsupported", "file_kind", RejectedError),
        ("413 Too Large", "file_too_large", RejectedError),
        ("409 Conflict", "file_differs", RejectedError),
        ("503 Busy", "busy", OfflineError),
    ],
)
def test_refusals_say_whose_move_it_is(status: str, code: str, error: type[Exception]) -> None:
    with server(said(status, refusal(code, missing=["a"]))) as url, pytest.raises(error) as caught:
        client(url).finish_file(FILE.file_id)
    assert type(caught.value) is error


def test_a_list_of_missing_files_that_is_none_is_left_out() -> None:
    nonsense = said("409 Conflict", refusal("files_missing", missing="all"))
    with server(nonsense) as url, pytest.raises(FilesMissingError) as caught:
        client(url).finish_file(FILE.file_id)
    assert caught.value.values["missing"] is None


def _silent(_connection: socket.socket, over: threading.Event) -> None:
    over.wait(PATIENCE_S)


def test_a_part_that_is_never_answered_ends_at_its_deadline() -> None:
    with server(_silent) as url, pytest.raises(OfflineError):
        client(url).send_part(FILE.file_id, 0, b"%PDF", timeout_s=0.3)
