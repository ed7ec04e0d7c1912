"""The talk with an ESC/POS printer: one question at a time, and the proof that a slip is printed.

Real-time answers carry no number, so one question is outstanding at a time.

Two ways of proof, both answered in the order of the data:

    GS r 1     paper status; carries no number either, so answers still owed are counted
    GS ( H     a process id of ours, said back; for printers that answer GS r on a serial port only

Which of them a printer knows is asked once a connection where its profile does not say, with
nothing printed: what a printer that does not understand may have taken for text is thrown away
by ESC @ before a line feed could print it.
"""

import secrets
import time
from collections import deque
from collections.abc import Iterator

from app.errors import DeviceTimeoutError
from devices import escpos_status as status
from devices.escpos_status import Answer, AnswerDecoder, PrinterState
from devices.line import Line
from devices.printer_profiles import PrinterProfile, Proof

ASK_S = 1.0
_SETTLE_S = 0.15  # answers to what was asked before come right behind one another
_LEARN_AGAIN_S = 60.0
_LOOKS = {2: status.ASK_OFFLINE, 4: status.ASK_PAPER, 1: status.ASK_PRINTER}  # cover first: see `look`


class Dialogue:
    """`told`: the automatic status heard last.  `proof`: what the printer said at the end of the slip."""

    def __init__(self, line: Line, profile: PrinterProfile) -> None:
        self._line, self._profile = line, profile
        self._decoder = AnswerDecoder()
        self._waiting: deque[Answer] = deque()
        self._way, self._learn_at = profile.proof, 0.0
        self._owed = 0  # answers to GS r that have not come yet
        self._marks: list[bytes] = []  # process ids that have not come back yet
        self._asked = 0  # questions in the present slip, 0 when that tells nothing
        self.told: PrinterState | None = None
        self.news = False
        self.proof: PrinterState | None = None

    @property
    def way(self) -> Proof:
        """How this printer proves; AUTO until it has been asked."""
        return self._way

    @property
    def text_may_be_out(self) -> bool:
        """False only when the question before the slip's end is still open: its text is not complete."""
        return not self._asked or len(self._marks) + self._owed < self._asked

    # -- status ---------------------------------------------------------------------------------------

    def fresh(self) -> None:
        """Hear what is left of former answers.  Raises DeviceNotFoundError when the line is broken."""
        self.hear()
        self._decoder.clear()
        self._waiting.clear()
        self.proof = None

    def hear(self) -> None:
        """Note what has come, without waiting."""
        while data := self._line.read(0.0):
            self._note(data)

    def look(self, ends: float) -> PrinterState:
        """Cover, paper and on-line state, by one question after the other.

        Cover first: the paper sensor is not to be believed while it is open.  A printer that answers no
        questions is as it said of its own accord, or as nobody knows.
        """
        state, answered, asked = PrinterState(), 0, 0
        for number, request in _LOOKS.items():
            if number not in self._profile.status:
                continue
            answer, asked = self._ask(request, ends), asked + 1
            if answer is not None:
                state, answered = status.with_answer(state, request, answer), answered + 1
            elif not answered and asked == 2:
                break
        if asked and not answered:
            raise DeviceTimeoutError("the printer does not answer")
        return self._with_error(state, ends) if asked else self.told or state

    def _with_error(self, state: PrinterState, ends: float) -> PrinterState:
        if not state.error or 3 not in self._profile.status:
            return state
        answer = self._ask(status.ASK_ERROR, ends)
        return state if answer is None else status.with_answer(state, status.ASK_ERROR, answer)

    def look_or_none(self, ends: float) -> PrinterState | None:
        """Look while a slip is under way: a printer may be too busy to answer."""
        try:
            return self.look(ends)
        except DeviceTimeoutError:
            return None

    def name(self, wait_s: float) -> str:
        """Its name; "" when it does not tell."""
        self._line.write(status.ASK_MODEL, wait_s)
        for answer in self.answers(time.monotonic() + wait_s):
            if isinstance(answer, status.Block) and answer.name is not None:
                return answer.name
        return ""

    def clear_buffers(self, wait_s: float, ends: float) -> bool:
        """Have the printer throw away what it has not printed; whether it says that it has."""
        self._line.write(status.CLEAR_BUFFERS, wait_s)
        for answer in self.answers(ends):
            if isinstance(answer, status.Block) and answer.is_cleared:
                return True
            if self.proof is not None:  # refilled at this very moment
                return False
        return False

    def forget_questions(self) -> None:
        """What was asked was thrown away with the rest."""
        self._owed, self._marks = 0, []

    def _ask(self, request: bytes, ends: float) -> int | None:
        """One real-time question; None when it is not answered: not every printer knows them all."""
        ends = min(time.monotonic() + ASK_S, ends)
        self._line.write(request, max(ends - time.monotonic(), 0.05))
        for answer in self.answers(ends):
            if isinstance(answer, status.RealTime):
                return answer.byte
        return None

    # -- proof ----------------------------------------------------------------------------------------

    def learn(self, ends: float) -> None:
        """Find out how this printer proves, where that is open; let it pay answers it owes."""
        now = time.monotonic()
        given_up = self._way is Proof.NONE and self._profile.proof is Proof.AUTO
        if self._way is Proof.AUTO or (given_up and now >= self._learn_at):
            self._way = self._found_way(ends)
            self._learn_at = now + _LEARN_AGAIN_S
        elif self._owed and self._way is Proof.GS_R:
            self._answers_in_order(ends)

    def _found_way(self, ends: float) -> Proof:
        if self._answers_in_order(ends):
            return Proof.GS_R
        self._owed = 0
        return Proof.PROCESS_ID if self._says_back(ends) else Proof.NONE

    def _answers_in_order(self, ends: float) -> bool:
        """After the answer and a silence nothing older can be under way any more."""
        self._owed += 1
        self._line.write(status.ASK_PAPER_IN_ORDER, ASK_S)
        ends = min(time.monotonic() + ASK_S, ends)
        answers = self.answers(ends)
        if not any(isinstance(answer, status.InOrder) and answer.is_paper for answer in answers):
            return False
        for _ in self.answers(min(time.monotonic() + _SETTLE_S, ends)):
            pass
        self._owed = 0
        return True

    def _says_back(self, ends: float) -> bool:
        mark = _mark()
        self._line.write(status.ask_process_id(mark) + status.INITIALISE, ASK_S)
        answers = self.answers(min(time.monotonic() + ASK_S, ends))
        return any(isinstance(answer, status.Block) and answer.process_id == mark for answer in answers)

    def with_questions(self, text: bytes, end: bytes) -> bytes:
        """A slip with a question before its end (feed and cut) and one after; none where nothing proves."""
        self.proof, self._marks, self._asked = None, [], 0
        parts = [part for part in (text, end) if part]
        if self._way is Proof.PROCESS_ID:
            self._marks = [_mark() for _ in parts]
            questions = [status.ask_process_id(mark) for mark in self._marks]
        elif self._way is Proof.GS_R:
            questions = [status.ASK_PAPER_IN_ORDER] * len(parts)
            self._owed += len(parts)
        else:
            return text + end
        if end and len(parts) == len(self._marks) + self._owed:
            self._asked = len(parts)
        return b"".join(part + question for part, question in zip(parts, questions, strict=True))

    # -- hearing --------------------------------------------------------------------------------------

    def answers(self, ends: float) -> Iterator[Answer]:
        """What the printer says until `ends`; what the caller does not take stays for the next one."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            left_s = ends - time.monotonic()
            if left_s <= 0:
                return
            self._note(self._line.read(min(left_s, 0.05)))

    def _note(self, data: bytes) -> None:
        for answer in self._decoder.feed(data):
            self._waiting.append(answer)
            match answer:
                case status.Automatic(four):
                    self._hear_automatic(status.from_automatic(four))
                case status.InOrder(byte) if answer.is_paper:
                    self._hear_in_order(status.with_in_order_answer(PrinterState(), byte))
                case status.Block():
                    self._hear_mark(answer.process_id)

    def _hear_automatic(self, told: PrinterState) -> None:
        self.news = self.news or told != self.told
        self.told = told

    def _hear_in_order(self, paper: PrinterState) -> None:
        """The last answer owed is the proof; that the paper is at its end ends the matter at once."""
        if not self._owed:
            return  # nobody asked
        self._owed -= 1
        if not self._owed or paper.paper_end:
            self.proof = paper

    def _hear_mark(self, mark: bytes | None) -> None:
        if mark in self._marks:
            self._marks = [other for other in self._marks if other != mark]
            self.proof = None if self._marks else PrinterState()


def _mark() -> bytes:
    """A process id no answer to a former slip has."""
    return secrets.token_hex(2).encode()
