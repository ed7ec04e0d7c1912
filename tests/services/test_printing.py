"""Printing: never twice unasked, and what became of the paper is known or said to be unknown."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.domain.catalog import Channel
from app.domain.device import DeviceKind
from app.domain.material_file import FileRole, MediaType
from app.domain.printing import PagePart, PaperForm, PrintOutcome, PrintState, neediest
from app.errors import DeviceNotConfiguredError, NotEnrolledError
from app.services.case_file import open_file
from app.services.intake import receive
from app.services.materials import keep
from app.services.office import Office
from app.services.printing import (
    answer_unknown,
    page_parts,
    print_paper,
    printable,
    receipt_pdf,
    recover_prints,
    take_back,
)
from tests.services.fakes import Hall, an_application

SLIP, A4 = PaperForm.SLIP, PaperForm.A4


@pytest.fixture
def case_id(office: Office) -> str:
    return receive(office, an_application(), offline=False).case.case_id


def states(office: Office, case_id: str) -> list[tuple[int, str, str]]:
    with office.store.begin() as work:
        return [(job.copy_no, job.state.value, job.reason) for job in work.prints_of(case_id)]


def test_printed_once_however_often_it_is_called(hall: Hall, office: Office, case_id: str) -> None:
    assert print_paper(office, case_id, SLIP).state is PrintState.CONFIRMED
    assert print_paper(office, case_id, SLIP).state is PrintState.CONFIRMED
    assert len(hall.printer.slips) == 1
    assert states(office, case_id) == [(1, "confirmed", "")]


def test_eight_threads_print_one_slip(hall: Hall, office: Office, case_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: print_paper(office, case_id, SLIP), range(8)))
    assert len(hall.printer.slips) == 1


def test_what_is_at_the_printer_is_not_sent_by_a_second_call(
    hall: Hall, office: Office, case_id: str
) -> None:
    second: list[PrintState] = []

    def meanwhile() -> None:
        hall.printer.while_printing = lambda: None
        second.append(print_paper(office, case_id, SLIP).state)

    hall.printer.while_printing = meanwhile
    assert print_paper(office, case_id, SLIP).state is PrintState.CONFIRMED
    assert (second, len(hall.printer.slips)) == ([PrintState.SENT], 1)


def test_sent_is_stored_before_the_first_byte(hall: Hall, office: Office, case_id: str) -> None:
    seen: list[list[tuple[int, str, str]]] = []
    hall.printer.while_printing = lambda: seen.append(states(office, case_id))
    print_paper(office, case_id, SLIP)
    assert seen == [[(1, "sent", "")]]


@pytest.mark.parametrize("state", [PrintState.FAILED, PrintState.UNKNOWN])
def test_trouble_is_kept_and_never_retried_by_the_machine(
    hall: Hall, office: Office, case_id: str, state: PrintState
) -> None:
    hall.printer.outcome = PrintOutcome(state, "device.printer_paper")
    print_paper(office, case_id, SLIP)
    hall.printer.outcome = PrintOutcome(PrintState.CONFIRMED)
    assert print_paper(office, case_id, SLIP).state is state
    assert recover_prints(office) == 0
    assert len(hall.printer.slips) == 1
    assert states(office, case_id) == [(1, state.value, "device.printer_paper")]


def test_a_person_who_asks_gets_a_counted_copy(hall: Hall, office: Office, case_id: str) -> None:
    print_paper(office, case_id, SLIP)
    with office.store.begin() as work:
        work.set_platform_number(case_id, "PF1")
        work.commit()
    assert print_paper(office, case_id, SLIP, again=True).copy_no == 2
    assert print_paper(office, case_id, SLIP, again=True).copy_no == 3
    assert [slip.split(b"copy ")[1] for slip in hall.printer.slips] == [b"1 ", b"2 PF1", b"3 PF1"]


def test_the_first_print_is_the_first_copy_even_when_asked_for_again(
    hall: Hall, office: Office, case_id: str
) -> None:
    assert print_paper(office, case_id, SLIP, again=True).copy_no == 1
    assert len(hall.printer.slips) == 1


def test_without_a_printer_the_job_waits_for_one(hall: Hall, office: Office, case_id: str) -> None:
    hall.printer.present = False
    job = print_paper(office, case_id, SLIP)
    assert (job.state, job.reason) == (PrintState.PREPARED, DeviceNotConfiguredError.code)
    assert states(office, case_id) == [(1, "prepared", "")]
    hall.printer.present = True
    assert print_paper(office, case_id, SLIP).state is PrintState.CONFIRMED
    hall.printer.present = False
    with pytest.raises(DeviceNotConfiguredError):
        print_paper(office, case_id, SLIP, again=True)
    assert len(states(office, case_id)) == 1


def test_what_was_sent_when_the_program_died_is_unknown(hall: Hall, office: Office, case_id: str) -> None:
    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    hall.printer.while_printing = die
    with pytest.raises(Died):
        print_paper(office, case_id, SLIP)
    hall.printer.while_printing = lambda: None
    assert states(office, case_id) == [(1, "sent", "")]
    assert recover_prints(office) == 1
    assert recover_prints(office) == 0
    assert print_paper(office, case_id, SLIP).state is PrintState.UNKNOWN
    assert len(hall.printer.slips) == 1


@pytest.mark.parametrize(("came_out", "state"), [(True, "confirmed"), (False, "failed")])
def test_a_person_tells_what_the_machine_does_not_know(
    hall: Hall, office: Office, case_id: str, came_out: bool, state: str
) -> None:
    hall.printer.outcome = PrintOutcome(PrintState.UNKNOWN, "device.timeout")
    job = print_paper(office, case_id, SLIP)
    answer_unknown(office, job.job_id, case_id, came_out=came_out)
    answer_unknown(office, job.job_id, case_id, came_out=not came_out)  # answered already
    answer_unknown(office, "another", case_id, came_out=True)
    assert states(office, case_id) == [(1, state, "seen")]


def test_the_pdf_is_made_once_and_kept(hall: Hall, office: Office, case_id: str) -> None:
    first = receipt_pdf(office, case_id)
    assert receipt_pdf(office, case_id) == first and hall.sealer.pdfs == 1
    assert receipt_pdf(hall.office(sealer=None), case_id) == first


def platform_says(office: Office, case_id: str, number: str) -> None:
    with office.store.begin() as work:
        work.set_platform_number(case_id, number)
        work.commit()


def test_a_pdf_learns_the_number_of_the_platform_when_it_arrives(
    hall: Hall, office: Office, case_id: str
) -> None:
    original = receipt_pdf(office, case_id)
    platform_says(office, case_id, "平台/1")
    numbered = receipt_pdf(office, case_id)
    assert numbered == original + "平台/1".encode()
    assert receipt_pdf(office, case_id) == numbered and hall.sealer.pdfs == 2
    assert receipt_pdf(hall.office(sealer=None), case_id) == numbered
    platform_says(office, case_id, "平台/2")
    assert receipt_pdf(office, case_id).endswith("平台/2".encode())
    with office.store.begin() as work:
        case = work.case(case_id)
    assert case is not None and office.archive.get(case.number) == original
    assert states(office, case_id) == [(1, "prepared", "")]


def test_a_station_that_cannot_sign_any_more_gives_the_original(
    hall: Hall, office: Office, case_id: str
) -> None:
    original = receipt_pdf(office, case_id)
    platform_says(office, case_id, "PF1")
    assert receipt_pdf(hall.office(sealer=None), case_id) == original


def test_without_a_seal_there_is_no_new_pdf(hall: Hall, office: Office, case_id: str) -> None:
    with pytest.raises(NotEnrolledError):
        receipt_pdf(hall.office(sealer=None), case_id)
    with pytest.raises(LookupError):
        receipt_pdf(office, "unknown")


# -- several papers ------------------------------------------------------------------------------------


@pytest.fixture
def both(hall: Hall, office: Office) -> Office:
    """A station that hands out a slip and A4."""
    hall.printer.kinds = {DeviceKind.RECEIPT_PRINTER, DeviceKind.A4_PRINTER}
    return replace(office, papers=(SLIP, A4))


def by_form(office: Office, case_id: str) -> dict[str, list[tuple[int, str]]]:
    with office.store.begin() as work:
        jobs = work.prints_of(case_id)
    return {f.value: [(j.copy_no, j.state.value) for j in jobs if j.form is f] for f in PaperForm}


def test_each_paper_of_a_site_is_prepared_and_printed_for_itself(hall: Hall, both: Office) -> None:
    case_id = receive(both, an_application(), offline=False).case.case_id
    assert by_form(both, case_id) == {"slip": [(1, "prepared")], "a4": [(1, "prepared")]}
    assert print_paper(both, case_id, A4).form is A4
    assert (len(hall.printer.slips), len(hall.printer.pages)) == (0, 1)
    hall.printer.outcome = PrintOutcome(PrintState.UNKNOWN, "device.timeout")
    assert print_paper(both, case_id, SLIP).state is PrintState.UNKNOWN
    assert by_form(both, case_id) == {"slip": [(1, "unknown")], "a4": [(1, "confirmed")]}
    assert print_paper(both, case_id, SLIP).state is PrintState.UNKNOWN
    assert len(hall.printer.slips) == 1


def test_a_counter_hands_out_both_parts_with_the_signature_and_a_kiosk_one(hall: Hall, both: Office) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"ink"
    kept = keep(both, an_application().request_id, png, MediaType.PNG, 1, role=FileRole.SIGNATURE)
    case_id = receive(both, an_application(), offline=False).case.case_id
    print_paper(both, case_id, A4)
    kiosk = replace(both, station=replace(both.station, mode=Channel.KIOSK))
    print_paper(kiosk, case_id, A4, again=True)
    both.vault.delete(kept.file_id)
    print_paper(both, case_id, A4, again=True)
    at_counter, at_kiosk, lost = hall.printer.pages
    assert at_counter.startswith(b"a4 applicant stub ") and at_counter.endswith(png)
    assert at_kiosk.startswith(b"a4 applicant 4") and not at_kiosk.endswith(png)
    assert lost.startswith(b"a4 applicant stub ") and not lost.endswith(png), "it stops no paper"
    assert page_parts(replace(both, papers=(SLIP,))) == (PagePart.ARCHIVE,)


def test_copies_are_counted_for_each_paper(hall: Hall, both: Office) -> None:
    case_id = receive(both, an_application(), offline=False).case.case_id
    for form in (SLIP, A4):
        print_paper(both, case_id, form)
    assert print_paper(both, case_id, A4, again=True).copy_no == 2
    assert print_paper(both, case_id, A4, again=True).copy_no == 3
    assert print_paper(both, case_id, SLIP, again=True).copy_no == 2
    assert [page.split(b"copy ")[1] for page in hall.printer.pages] == [b"1 ", b"2 ", b"3 "]


def test_a_paper_nobody_prepared_is_printed_only_when_a_person_asks(
    hall: Hall, office: Office, both: Office
) -> None:
    """The site began to hand out A4 after this case was received."""
    case_id = receive(office, an_application(), offline=False).case.case_id
    with pytest.raises(LookupError):
        print_paper(both, case_id, A4)
    assert hall.printer.pages == []
    assert print_paper(both, case_id, A4, again=True).copy_no == 1


def test_one_printer_missing_holds_up_no_other(hall: Hall, both: Office) -> None:
    hall.printer.kinds = {DeviceKind.A4_PRINTER}
    case_id = receive(both, an_application(), offline=False).case.case_id
    assert printable(both) == (A4,)
    assert print_paper(both, case_id, SLIP).reason == DeviceNotConfiguredError.code
    assert print_paper(both, case_id, A4).state is PrintState.CONFIRMED
    with both.store.begin() as work:
        assert work.case_lines(1)[0].print_state == "prepared"


def test_the_list_shows_the_paper_that_needs_a_person(hall: Hall, both: Office) -> None:
    case_id = receive(both, an_application(), offline=False).case.case_id
    hall.printer.outcome = PrintOutcome(PrintState.FAILED, "device.printer_paper")
    print_paper(both, case_id, A4)
    hall.printer.outcome = PrintOutcome(PrintState.CONFIRMED)
    print_paper(both, case_id, SLIP)
    file = open_file(both, case_id)
    assert file is not None and [job.form for job in file.papers] == [SLIP, A4]
    needy = neediest(file.papers)
    assert needy is not None and needy.form is A4
    with both.store.begin() as work:
        assert work.case_lines(1)[0].print_state == "failed"
    print_paper(both, case_id, A4, again=True)
    with both.store.begin() as work:
        assert work.case_lines(1)[0].print_state == "confirmed"


def test_taking_back_reaches_the_devices(hall: Hall, office: Office) -> None:
    take_back(office)
    assert hall.printer.dropped == 1
