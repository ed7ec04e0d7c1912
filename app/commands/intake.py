"""Headless intake: the same services as the page, for a calling program."""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.atomic_file import write_atomically
from app.commands.intake_attach import Attached, attach, files_of, read_files
from app.commands.intake_file import IntakeFile, load_json, parse
from app.commands.output import add_json, emit
from app.commands.read_id import read_card
from app.commands.wiring import open_office
from app.domain.case import Application
from app.domain.device import DeviceKind
from app.domain.identity import IdentityDocument
from app.domain.printing import NEED, PaperForm, PrintState
from app.errors import (
    AppError,
    CardUnreadableError,
    InvalidInputError,
    NumbersExhaustedError,
    RemoteError,
    StoppedByPersonError,
)
from app.services import drafts
from app.services.catalog_sync import lease_when_low
from app.services.intake import Received, receive, received_before
from app.services.office import Office
from app.services.outbox_relay import upload_trouble
from app.services.printing import STOPPED, print_paper, receipt_pdf, recover_prints, take_back

logger = logging.getLogger(__name__)

# Together with the start of the program these stay below the 30 s a caller of a slip waits.
READ_S, HEALTH_S, UPLOAD_S = 8.0, 1.0, 5.0
PRINT_S = {PaperForm.SLIP: 8.0, PaperForm.A4: 60.0}  # pages take their time
_PRINTED = {
    PrintState.CONFIRMED: "confirmed",
    PrintState.FAILED: "failed",
    PrintState.UNKNOWN: "unknown",
    PrintState.SENT: "unknown",
    PrintState.PREPARED: "none",
}
_MOST_NEEDED = tuple(_PRINTED[state] for state in NEED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.json")
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--file",
        dest="attached",
        action="append",
        default=[],
        metavar="MATERIAL=PATH",
        help="a PDF, JPG or PNG of a material, by its id or name; may be given again",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    handed_in, attached = parse(_read(args.file)), read_files(args.attached)
    printers = (DeviceKind.RECEIPT_PRINTER, DeviceKind.A4_PRINTER)
    kinds = (*printers, *((DeviceKind.ID_READER,) if handed_in.from_reader else ()))
    with open_office(args.station, args.data, devices=kinds) as office:
        recover_prints(office)
        received = received_before(office, handed_in.request_id)  # needs no card a second time
        if received is None:
            application = _application(office, handed_in)
            received = _receive_with(office, application, attached)
        emit(args, _after(office, received, args.data))
    return 0


def _read(path: Path) -> Any:
    try:
        return load_json(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(field=path.name) from error


def _application(office: Office, handed_in: IntakeFile) -> Application:
    document = _surely_read(office) if handed_in.from_reader else None
    application = handed_in.application(document, office.station.mode)
    if not application.operator_id:
        return application
    with office.store.begin() as work:
        known = work.known_operator(application.operator_id)
    name = known.operator.name if known else office.texts["intake_file.operator_unknown"]
    return replace(application, operator_name=name)


def _surely_read(office: Office) -> IdentityDocument:
    """Nobody is there to compare a doubtful read with the card: it is refused, and can be tried again."""
    read = read_card(office.devices, READ_S)
    if read.doubtful:
        raise CardUnreadableError("doubtful")
    return read.document


def _receive_with(office: Office, application: Application, attached: Sequence[Attached]) -> Received:
    """Files first, so that no case is received without them; they go again when it is refused."""
    try:
        attach(office, application, attached)
        return _receive(office, application)
    except BaseException:
        drafts.drop(office, application.request_id)
        raise


def _receive(office: Office, application: Application) -> Received:
    """With a fresh number block when the last one is used up and the line is up."""
    offline = not _line_up(office)
    try:
        return receive(office, application, offline=offline)
    except NumbersExhaustedError:
        if offline:
            raise
        lease_when_low(office)
        return receive(office, application, offline=offline)


def _line_up(office: Office) -> bool:
    if office.gateway is None:
        return False
    try:
        office.gateway.health(HEALTH_S)
    except RemoteError:
        return False
    return True


def _after(office: Office, received: Received, data: Path) -> dict[str, Any]:
    """What follows once the case is safe; none of it can undo that, so nothing here fails the command."""
    case, texts = received.case, office.texts
    papers = _print(office, case.case_id)
    _, printed, reason = papers[0]
    target = _plain_copy(office, received, data)
    missed = _upload(office, case.case_id)
    return {
        "case_id": case.case_id,
        "number": case.number,
        "state": case.state.value,
        "receipt_pdf": target and str(target),
        "qr_text": received.issued.qr_text,
        "printed": printed,
        "printed_reason": reason,
        "printed_advice": texts.trouble(reason),
        "papers": {form.value: {"printed": fate, "reason": why} for form, fate, why in papers},
        "files": files_of(office, case.case_id),
        "uploaded": missed is None,
        "upload_reason": missed.code if missed else "",
        "upload_advice": texts.error(missed) if missed else "",
        "repeated": received.repeated,
        "offline": case.offline,
        "warnings": [
            {"rule": f.rule, "message": texts.say(f"precheck.{f.rule}.title", **f.values)}
            for f in received.warnings
        ],
        "catalog_version": case.catalog_version,
    }


def _print(office: Office, case_id: str) -> list[tuple[PaperForm, str, str]]:
    """What is known of each paper, and why; the one that most needs a person first."""
    found = [(form, *_print_one(office, case_id, form)) for form in office.papers]
    return sorted(found, key=lambda known: _MOST_NEEDED.index(known[1]))


def _print_one(office: Office, case_id: str, form: PaperForm) -> tuple[str, str]:
    try:
        job = print_paper(office, case_id, form, deadline_s=PRINT_S[form])
    except KeyboardInterrupt:
        take_back(office)
        return _fate(office, case_id, form), STOPPED
    except Exception as error:
        return _fate(office, case_id, form), _code(error)
    return _PRINTED[job.state], job.reason


def _fate(office: Office, case_id: str, form: PaperForm) -> str:
    """Of a paper whose printing ended in an error: what the store last knew."""
    try:
        with office.store.begin() as work:
            return next(_PRINTED[j.state] for j in reversed(work.prints_of(case_id)) if j.form is form)
    except AppError:
        return _PRINTED[PrintState.UNKNOWN]


def _upload(office: Office, case_id: str) -> AppError | None:
    try:
        return upload_trouble(office, case_id, UPLOAD_S)
    except KeyboardInterrupt:
        return StoppedByPersonError()
    except AppError as error:  # it may have arrived: the next sync asks again, which is no harm
        return error


def _code(error: Exception) -> str:
    if not isinstance(error, AppError):
        logger.error("a bug", exc_info=error)
        return AppError.code
    return error.code


def _plain_copy(office: Office, received: Received, data: Path) -> Path | None:
    """The PDF in DATA/out for the caller; None when it cannot be written now (it can be made again)."""
    target = data.resolve() / "out" / f"{received.case.number}.pdf"
    try:
        pdf = receipt_pdf(office, received.case.case_id)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(target, pdf)
    except Exception as error:
        logger.warning("no plain copy of the receipt: %s", _code(error))
        return None
    return target
