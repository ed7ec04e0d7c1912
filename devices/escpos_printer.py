"""Driver of an ESC/POS receipt printer.

Before a byte of a slip leaves, the printer is asked how it is; a printer that is not ready,
or answers nothing, gets nothing: FAILED, try again at will.  After the last byte it is asked
for its paper *in the order of the data* (GS r 1): that answer, and nothing else, is the proof
that everything before it has been processed.

    the answer comes, paper there         CONFIRMED
    the answer comes, paper at its end    UNKNOWN: some clones answer so instead of printing
    paper end or cover open, no answer    FAILED if the printer acknowledges that it has thrown the rest
                                          away (DLE DC4 8): it will never be finished behind our back;
                                          UNKNOWN otherwise: most go on after the paper is refilled
    cutter or head error, no answer       UNKNOWN: the text may be complete and only the cut missing
    silence, or the line breaks           UNKNOWN once a byte has left, FAILED before

Real-time answers carry no number, so one question is asked at a time.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from app.domain.printing import PrintOutcome, PrintState
from app.errors import (
    DeviceError,
    DeviceTimeoutError,
    PrinterCoverError,
    PrinterFaultError,
    PrinterPaperError,
)
from devices import escpos_status as status
from devices.driver import Condition, condition_of
from devices.escpos_status import Answer, AnswerDecoder, PrinterState
from devices.line import Line, flush

ASK_S = 1.0
ASK_NAME_S = 0.5
_LOOK_EVERY_S = 0.3  # while a slip is printed: the pause between two looks at cover and paper
_CLEAR_S = 0.5
_STOPS_BELIEVED = 2  # a stop seen so often in a row is not the moment between two lines
DEMO_MODEL = "EMULATOR"

logger = logging.getLogger(__name__)


class EscposPrinter:
    """One printer on one open line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._decoder = AnswerDecoder()
        self._model: str | None = None
        self._waiting: deque[Answer] = deque()
        self._proof: status.InOrder | None = None

    def check(self) -> Condition:
        """Ask the printer how it is.  Raises DeviceTimeoutError when it is silent, DeviceNotFoundError."""
        state = self._fresh_look(time.monotonic() + 2 * ASK_S)
        facts = {"paper": state.paper}
        problem = _problem(state)
        if problem is None and self._model is None:
            self._model = self._ask_model()
        simulated = self._model == DEMO_MODEL
        if problem is None:
            return Condition(facts=facts, simulated=simulated)
        if isinstance(problem, PrinterFaultError):
            facts["part"] = state.faulty_part
        return replace(condition_of(problem), facts=facts, simulated=simulated)

    def print(self, data: bytes, deadline_s: float) -> PrintOutcome:
        """Print and find out what became of it; never raises a DeviceError.

        Takes `deadline_s` at most (and half a second when the buffers have to be cleared at the very end).
        """
        ends = time.monotonic() + deadline_s
        try:
            problem = _problem(self._fresh_look(time.monotonic() + min(2 * ASK_S, deadline_s / 2)))
        except DeviceError as error:
            return _failed(error)
        return _failed(problem) if problem is not None else self._send(data, ends)

    def _send(self, data: bytes, ends: float) -> PrintOutcome:
        before = self._line.sent
        left_s = ends - time.monotonic()
        try:
            self._line.write(data + status.ASK_PAPER_IN_ORDER, left_s - min(ASK_S, left_s / 4))
        except DeviceTimeoutError as error:
            return self._stalled(error, ends) if self._line.sent > before else _failed(error)
        except DeviceError as error:
            return _unknown(error) if self._line.sent > before else _failed(error)
        try:
            return self._await_proof(ends)
        except DeviceError as error:
            return _unknown(error)

    # -- after the last byte -------------------------------------------------------------------------

    def _await_proof(self, ends: float) -> PrintOutcome:
        """Wait for the answer in order, and look at cover and paper meanwhile."""
        stops = 0
        while time.monotonic() < ends:
            for answer in self._answers(min(time.monotonic() + _LOOK_EVERY_S, ends)):
                if isinstance(answer, status.InOrder):
                    return _judge(answer)
            state = self._look_or_none(ends)
            if self._proof is not None:
                return _judge(self._proof)
            stops = stops + 1 if state is not None and _problem(state) is not None else 0
            if state is not None and stops >= _STOPS_BELIEVED:
                return self._give_up(state, ends)
        return _unknown(DeviceTimeoutError("the printer does not confirm the slip"))

    def _stalled(self, error: DeviceError, ends: float) -> PrintOutcome:
        """The printer takes no more bytes in mid-slip: let it say why."""
        try:
            state = self._look_or_none(ends)
            if state is not None and _problem(state) is not None:
                return self._give_up(state, ends)
        except DeviceError as broken:
            return _unknown(broken)
        return _unknown(error)

    def _give_up(self, state: PrinterState, ends: float) -> PrintOutcome:
        """The printer has stopped in mid-slip.  Certain only when it has thrown away the rest."""
        problem = _problem(state) or DeviceTimeoutError("the printer stopped")
        if isinstance(problem, PrinterFaultError):
            return _unknown(problem)
        until = max(min(time.monotonic() + ASK_S, ends), time.monotonic() + _CLEAR_S)
        self._line.write(status.CLEAR_BUFFERS, _CLEAR_S)
        for answer in self._answers(until):
            if isinstance(answer, status.Block) and answer.is_cleared:
                return _failed(problem)
            if isinstance(answer, status.InOrder):  # refilled at this very moment
                return _judge(answer)
        return _unknown(problem)

    # -- asking ---------------------------------------------------------------------------------------

    def _fresh_look(self, ends: float) -> PrinterState:
        """Forget what is left of former answers, then look."""
        flush(self._line)
        self._decoder.clear()
        self._waiting.clear()
        self._proof = None
        return self._look(ends)

    def _look_or_none(self, ends: float) -> PrinterState | None:
        """Look while a slip is under way: a printer may be too busy to answer.  Notices the proof."""
        try:
            return self._look(ends)
        except DeviceTimeoutError:
            return None

    def _look(self, ends: float) -> PrinterState:
        """Cover, paper and on-line state, by one question after the other.

        Cover first: the paper sensor is not to be believed while it is open.
        """
        state, answered = PrinterState(), 0
        for request in (status.ASK_OFFLINE, status.ASK_PAPER, status.ASK_PRINTER):
            answer = self._ask(request, ends)
            if answer is not None:
                state, answered = status.with_answer(state, request, answer), answered + 1
            elif not answered and request is not status.ASK_OFFLINE:
                raise DeviceTimeoutError("the printer does not answer")
        if state.error and (answer := self._ask(status.ASK_ERROR, ends)) is not None:
            state = status.with_answer(state, status.ASK_ERROR, answer)
        return state

    def _ask(self, request: bytes, ends: float) -> int | None:
        """One real-time question; None when it is not answered: not every printer knows them all."""
        ends = min(time.monotonic() + ASK_S, ends)
        self._line.write(request, max(ends - time.monotonic(), 0.05))
        for answer in self._answers(ends):
            if isinstance(answer, status.RealTime):
                return answer.byte
            if isinstance(answer, status.InOrder):
                self._proof = answer
        return None

    def _ask_model(self) -> str:
        """Its name; "" when it does not tell."""
        self._line.write(status.ASK_MODEL, ASK_NAME_S)
        for answer in self._answers(time.monotonic() + ASK_NAME_S):
            if isinstance(answer, status.Block) and answer.name is not None:
                return answer.name
        return ""

    def _answers(self, ends: float) -> Iterator[Answer]:
        """What the printer says until `ends`; what the caller does not take stays for the next one."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            left_s = ends - time.monotonic()
            if left_s <= 0:
                return
            self._waiting += self._decoder.feed(self._line.read(min(left_s, 0.05)))


def _problem(state: PrinterState) -> DeviceError | None:
    """Why this printer will not print now."""
    if state.cover_open:
        return PrinterCoverError("cover open")
    if state.paper_end:
        return PrinterPaperError("paper end")
    if state.error or state.offline:
        return PrinterFaultError("error or off line", part=state.faulty_part)
    return None


def _judge(answer: status.InOrder) -> PrintOutcome:
    state = status.with_in_order_answer(PrinterState(), answer.byte)
    if state.paper_end:
        return _unknown(PrinterPaperError("paper end after the slip"))
    return PrintOutcome(PrintState.CONFIRMED)


def _failed(error: DeviceError) -> PrintOutcome:
    logger.info("print failed: %s", error.code)
    return PrintOutcome(PrintState.FAILED, error.code)


def _unknown(error: DeviceError) -> PrintOutcome:
    logger.info("print outcome unknown: %s", error.code)
    return PrintOutcome(PrintState.UNKNOWN, error.code)
