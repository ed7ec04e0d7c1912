"""Devices that know only part of their protocol, and stay silent to the rest of it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event

import pytest

from app.domain.device import DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from devices import sdt_card
from devices.emulators.cards import PRESETS
from devices.escpos_printer import EscposPrinter
from devices.line import Line, open_line
from devices.sdt_frames import Command, FrameDecoder, as_request, encode_response
from devices.sdt_reader import SdtReader
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.devices
Answer = Callable[[bytes], bytes]


@contextmanager
def device(answer: Answer) -> Iterator[Line]:
    """A line to a device that answers what it gets by one function."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, answer))
        thread.start()
        with closing(open_line(f"socket://127.0.0.1:{server.getsockname()[1]}")) as line:
            yield line
        thread.join(timeout=PATIENCE_S)


def _serve(server: socket.socket, answer: Answer) -> None:
    client, _ = server.accept()
    with client:
        while data := client.recv(4096):
            client.sendall(answer(data))


def one_time_reader() -> Answer:
    """Knows find, select and read, and gives the card's data once."""
    decoder, document = FrameDecoder(3), PRESETS["rare"].document
    card = encode_response(0x90, sdt_card.join_payload(sdt_card.encode_block(document), bytes(1024)))
    answers = {Command.FIND: encode_response(0x9F, bytes(4)), Command.SELECT: encode_response(0x90, bytes(8))}
    given: list[bytes] = []

    def answer(data: bytes) -> bytes:
        said = b""
        for body in decoder.feed(data):
            command = as_request(body).command
            if command == Command.READ and not given:
                given.append(card)
                said += card
            said += answers.get(command, b"")
        return said

    return answer


def test_a_reader_that_knows_no_module_questions_and_reads_once() -> None:
    with device(one_time_reader()) as line:
        reader = SdtReader(line)
        assert reader.check().status is DeviceStatus.ONLINE
        found = reader.read(Event())
    assert found is not None
    assert (found.document, found.doubtful) == (PRESETS["rare"].document, False)


def test_a_printer_that_tells_only_of_its_cover() -> None:
    def answer(data: bytes) -> bytes:
        return b"\x12" * data.count(b"\x10\x04\x02") + b"\x00" * data.count(b"\x1dr\x01")

    with device(answer) as line:
        outcome = EscposPrinter(line).print(b"slip\n", 10.0)
    assert outcome == PrintOutcome(PrintState.CONFIRMED)
