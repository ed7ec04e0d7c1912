"""Driver of an ESC/POS receipt printer.

Before a byte of a slip leaves, the printer is asked how it is; a printer that is not ready,
or answers nothing though its model should, gets nothing: FAILED, try again at will.  Before
the slip's end (feed and cut) and after it the printer is asked something *in the order of the
data* (devices/escpos_dialogue.py).  The last answer, and nothing else, is the proof that
everything before it has been processed; the first one tells whether the text was complete
when something happened.

    the last answer comes, paper there    CONFIRMED
    an answer comes, paper at its end     UNKNOWN: some clones answer so instead of printing
    paper end or cover open, no answer    FAILED if the printer acknowledges that it has thrown the rest
                                          away (DLE DC4 8): it will never be finished behind our back;
                                          UNKNOWN if it does not: most go on after the paper is refilled
    the same after the first answer       UNKNOWN: only the cut may be missing
    cutter error, no answer               UNKNOWN: the text may be complete and only the cut missing
    a head too hot                        waited for: it goes on by itself
    silence, or the line breaks           UNKNOWN once a byte has left, FAILED before
    a model that proves nothing           UNKNOWN, and it is said that somebody must look at the paper
"""

import logging
import re
import time
from dataclasses import replace

from app.domain.printing import PrintOutcome, PrintState
from app.errors import (
    DeviceError,
    DeviceTimeoutError,
    PrinterCoverError,
    PrinterFaultError,
    PrinterHotError,
    PrinterPaperError,
    PrintUnprovenError,
)
from devices import escpos_status as status
from devices.driver import Condition, condition_of
from devices.escpos_dialogue import ASK_S, Dialogue
from devices.escpos_status import PrinterState
from devices.line import Line
from devices.printer_profiles import PrinterProfile, Proof, profile

ASK_NAME_S = 0.5
_LOOK_EVERY_S = 0.3  # while a slip is printed: the pause between two looks at cover and paper
_CLEAR_S = 0.5
_STOPS_BELIEVED = 2  # a stop seen so often in a row is not the moment between two lines
_UNPROVEN_S = 1.5  # after a slip nothing will prove: how long trouble may still show
_RECOVER_EVERY_S = 10.0
_END = re.compile(rb"(?:\x1bJ.)*(?:\x1dV[AB].)?\Z", re.DOTALL)  # feed and cut, as a slip ends
DEMO_MODEL = "EMULATOR"

logger = logging.getLogger(__name__)


class EscposPrinter:
    """One printer on one open line."""

    def __init__(self, line: Line, model: PrinterProfile | None = None) -> None:
        self._line = line
        self._profile = model or profile()
        self._talk = Dialogue(line, self._profile)
        self._model: str | None = None
        self._recover_at = 0.0

    @property
    def speaks_up(self) -> bool:
        """Whether it was asked to tell of changes, or has told of one: `news` is worth asking for."""
        return self._profile.automatic or self._talk.told is not None

    def check(self) -> Condition:
        """Ask the printer how it is.  Raises DeviceTimeoutError when it is silent, DeviceNotFoundError."""
        state = self._fresh_look(time.monotonic() + 2 * ASK_S)
        problem = _problem(state)
        if problem is None:
            self._get_acquainted()
        else:
            self._help_up(state)
        return self._condition(state, problem)

    def news(self) -> Condition | None:
        """How the printer is, if it has said that something changed; never waits for that."""
        self._talk.hear()
        if not self._talk.news:
            return None
        self._talk.news = False
        return self.check()

    def print(self, data: bytes, deadline_s: float) -> PrintOutcome:
        """Print and find out what became of it; never raises a DeviceError.

        Takes `deadline_s` at most (and half a second when the buffers have to be cleared at the very end).
        """
        ends = time.monotonic() + deadline_s
        try:
            soon = time.monotonic() + min(2 * ASK_S, deadline_s / 2)
            problem = _problem(self._recovered(self._fresh_look(soon), soon))
            if problem is None:
                self._talk.learn(time.monotonic() + min(2 * ASK_S, (ends - time.monotonic()) / 2))
        except DeviceError as error:
            return _failed(error)
        return _failed(problem) if problem is not None else self._send(data, ends)

    # -- how it is ------------------------------------------------------------------------------------

    def _fresh_look(self, ends: float) -> PrinterState:
        self._talk.fresh()
        return self._talk.look(ends)

    def _get_acquainted(self) -> None:
        """What can only be asked of a printer that is ready.  ESC @ in a slip switches its news off again."""
        if self._model is None:
            self._model = self._talk.name(ASK_NAME_S) if self._profile.names else ""
        self._talk.learn(time.monotonic() + 3 * ASK_S)
        if self._profile.automatic:
            self._line.write(status.TELL_CHANGES, ASK_S)

    def _help_up(self, state: PrinterState) -> None:
        """Let a printer try again that somebody may have put right meanwhile; not all the time."""
        now = time.monotonic()
        if state.can_recover and now >= self._recover_at:
            self._recover_at = now + _RECOVER_EVERY_S
            self._line.write(status.RECOVER, ASK_S)

    def _recovered(self, state: PrinterState, ends: float) -> PrinterState:
        """A slip was asked for: let a printer that can go on do so, and look again."""
        if not state.can_recover:
            return state
        self._line.write(status.RECOVER, ASK_S)
        return self._talk.look(ends)

    def _condition(self, state: PrinterState, problem: DeviceError | None) -> Condition:
        facts = {"profile": self._profile.title, "proof": self._talk.way.value}
        if self._profile.status or self._talk.told is not None:
            facts["paper"] = state.paper
        if self._model:
            facts["model"] = self._model
        if isinstance(problem, PrinterFaultError):
            facts["part"] = state.faulty_part
        able = self._profile.capabilities
        if self._talk.way in (Proof.GS_R, Proof.PROCESS_ID):
            able = (*able, "print_proof")
        found = Condition() if problem is None else condition_of(problem)
        return replace(found, facts=facts, simulated=self._model == DEMO_MODEL, capabilities=able)

    # -- a slip ---------------------------------------------------------------------------------------

    def _send(self, data: bytes, ends: float) -> PrintOutcome:
        before = self._line.sent
        left_s = ends - time.monotonic()
        end = _END.search(data)
        cut = end.start() if end is not None else len(data)
        asking = self._talk.with_questions(data[:cut], data[cut:])
        try:
            self._line.write(asking, left_s - min(ASK_S, left_s / 4))
        except DeviceTimeoutError as error:
            return self._stalled(error, ends) if self._line.sent > before else _failed(error)
        except DeviceError as error:
            return _unknown(error) if self._line.sent > before else _failed(error)
        try:
            return self._await_proof(ends)
        except DeviceError as error:
            return _unknown(error)

    def _await_proof(self, ends: float) -> PrintOutcome:
        """Wait for the answer in order, and look at cover and paper meanwhile."""
        silent: DeviceError = DeviceTimeoutError("the printer does not confirm the slip")
        if self._talk.way is Proof.NONE:
            silent = PrintUnprovenError("this printer confirms nothing")
            ends = min(ends, time.monotonic() + _UNPROVEN_S)
        stops = 0
        while time.monotonic() < ends:
            self._listen(min(time.monotonic() + _LOOK_EVERY_S, ends))
            state = None if self._talk.proof else self._talk.look_or_none(ends)
            if self._talk.proof is not None:
                return _judge(self._talk.proof)
            problem = None if state is None else _problem(state)
            if isinstance(problem, PrinterHotError):
                silent, problem = problem, None
            stops = stops + 1 if problem is not None else 0
            if state is not None and stops >= _STOPS_BELIEVED:
                return self._give_up(state, ends)
        return _unknown(silent)

    def _listen(self, ends: float) -> None:
        """Until the proof comes, or the printer says by itself that something has changed."""
        self._talk.news = False
        for _ in self._talk.answers(ends):
            if self._talk.proof is not None or self._talk.news:
                return

    def _stalled(self, error: DeviceError, ends: float) -> PrintOutcome:
        """The printer takes no more bytes in mid-slip: let it say why."""
        try:
            state = self._talk.look_or_none(ends)
            if state is not None and _problem(state) is not None:
                return self._give_up(state, ends)
        except DeviceError as broken:
            return _unknown(broken)
        return _unknown(error)

    def _give_up(self, state: PrinterState, ends: float) -> PrintOutcome:
        """The printer has stopped in mid-slip.  Certain only when it has thrown away a part of the text."""
        problem = _problem(state) or DeviceTimeoutError("the printer stopped")
        if isinstance(problem, PrinterFaultError):
            return _unknown(problem)
        until = max(min(time.monotonic() + ASK_S, ends), time.monotonic() + _CLEAR_S)
        cleared = self._talk.clear_buffers(_CLEAR_S, until)
        if self._talk.proof is not None:
            return _judge(self._talk.proof)
        if not cleared:
            return _unknown(problem)
        torn = not self._talk.text_may_be_out
        self._talk.forget_questions()
        return _failed(problem) if torn else _unknown(problem)


def _problem(state: PrinterState) -> DeviceError | None:
    """Why this printer will not print now."""
    if state.cover_open:
        return PrinterCoverError("cover open")
    if state.paper_end:
        return PrinterPaperError("paper end")
    if state.overheated and not state.can_recover and not state.unrecoverable:
        return PrinterHotError("head too hot", part=state.faulty_part)
    if state.error or state.offline:
        return PrinterFaultError("error or off line", part=state.faulty_part)
    return None


def _judge(proof: PrinterState) -> PrintOutcome:
    if proof.paper_end:
        return _unknown(PrinterPaperError("paper end after the slip"))
    return PrintOutcome(PrintState.CONFIRMED)


def _failed(error: DeviceError) -> PrintOutcome:
    logger.info("print failed: %s", error.code)
    return PrintOutcome(PrintState.FAILED, error.code)


def _unknown(error: DeviceError) -> PrintOutcome:
    logger.info("print outcome unknown: %s", error.code)
    return PrintOutcome(PrintState.UNKNOWN, error.code)
