"""Materials on file at the services: kept, taken away, bound with the case, and sent without blocking."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.material_file import (
    LARGEST_CASE,
    LARGEST_FILE,
    FileRole,
    MaterialFile,
    MediaType,
    media_type_of,
)
from app.domain.numbering import NumberBlock
from app.domain.outbox import FILE_TOPIC
from app.errors import (
    AppError,
    FileGoneError,
    FileKindError,
    FilesTooLargeError,
    FileTooLargeError,
    IllegalTransitionError,
    OfflineError,
    RejectedError,
    StoreDamagedError,
)
from app.flows.intake import Intake
from app.services import drafts, materials
from app.services.case_file import lines, open_file, waiting
from app.services.intake import receive
from app.services.office import Office
from app.services.outbox_relay import relay, upload_trouble
from app.services.station_status import look
from app.store.local import open_local
from tests.services.fakes import FOLDER_KEY, Hall, an_application

PDF, PNG, JPEG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0..."
PERSON = IdentityDocument(DocumentKind.RESIDENT, "演示·甲", "11010519491231002X")


def keep(office: Office, draft: str, data: bytes = PDF, key: str = "m1") -> MaterialFile:
    kind = media_type_of(data)
    assert kind is not None
    return materials.keep(office, draft, data, kind, 1, material_key=key)


def on_disk(hall: Hall) -> set[str]:
    return {path.name.removesuffix(".enc") for path in hall.local.folder.files.iterdir()}


def ids(files: Sequence[MaterialFile]) -> list[str]:
    return [file.file_id for file in files]


def test_kept_as_it_is_and_sealed(hall: Hall, office: Office) -> None:
    kept = materials.keep(office, "d1", PNG, MediaType.PNG, 1, role=FileRole.SIGNATURE)
    assert materials.files_of_draft(office, "d1") == (kept,)
    assert (kept.size, kept.role, kept.case_id) == (len(PNG), FileRole.SIGNATURE, "")
    assert materials.content(office, kept.file_id) == PNG
    (sealed,) = hall.local.folder.files.iterdir()
    assert PNG not in sealed.read_bytes() and sealed.stat().st_mode & 0o777 == 0o600
    other = keep(office, "d1")
    sealed.write_bytes((hall.local.folder.files / f"{other.file_id}.enc").read_bytes())
    with pytest.raises(StoreDamagedError):  # a file put in another's place does not open
        materials.content(office, kept.file_id)
    with pytest.raises(FileGoneError):
        materials.content(office, "00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", MediaType.PDF), (b"MZ", MediaType.PDF), (PNG, MediaType.JPEG), (JPEG, MediaType.PDF)],
)
def test_only_what_it_says_it_is(hall: Hall, office: Office, data: bytes, kind: MediaType) -> None:
    with pytest.raises(FileKindError):
        materials.keep(office, "d1", data, kind, 1)
    assert on_disk(hall) == set()


def test_limits_of_a_file_and_of_a_case(hall: Hall, office: Office) -> None:
    with pytest.raises(FileTooLargeError) as caught:
        keep(office, "d1", PDF + bytes(LARGEST_FILE))
    assert "20 MB" in office.texts.error(caught.value)
    for _ in range(LARGEST_CASE // LARGEST_FILE):
        keep(office, "d1", PDF + bytes(LARGEST_FILE - len(PDF)))
    with pytest.raises(FilesTooLargeError) as caught:
        keep(office, "d1")
    assert "60 MB" in office.texts.error(caught.value)
    keep(office, "d2")
    assert len(on_disk(hall)) == LARGEST_CASE // LARGEST_FILE + 1


def test_dropped_and_taken_back(hall: Hall, office: Office) -> None:
    first, second = keep(office, "d1"), keep(office, "d1", JPEG)
    materials.drop(office, first.file_id)
    materials.drop(office, first.file_id)
    assert ids(materials.files_of_draft(office, "d1")) == [second.file_id]
    materials.take_back(office, first.file_id)
    assert ids(materials.files_of_draft(office, "d1")) == [first.file_id, second.file_id]
    materials.drop(office, first.file_id)
    case = receive(office, an_application(1, request_id="d1"), offline=True).case
    assert ids(materials.files_of_case(office, case.case_id)) == [second.file_id]
    assert on_disk(hall) == {second.file_id}
    with pytest.raises(LookupError):
        materials.take_back(office, first.file_id)
    with pytest.raises(ValueError, match="received"):
        materials.drop(office, second.file_id)
    with pytest.raises(IllegalTransitionError):
        keep(office, "d1")
    assert on_disk(hall) == {second.file_id}


def test_a_case_goes_with_its_files_in_one_transaction(hall: Hall, office: Office) -> None:
    first, second = keep(office, "request-1"), keep(office, "request-1", PNG, "m2")
    keep(office, "request-2")
    case = receive(office, an_application(1), offline=True).case
    with office.store.begin() as work:
        sent = work.messages_of(case.case_id)
    assert [m.topic for m in sent] == [FILE_TOPIC, FILE_TOPIC, "case.received"]
    assert [m.message_id for m in sent[:2]] == [first.file_id, second.file_id]
    listed = [file["file_id"] for file in json.loads(sent[2].body)["files"]]
    assert listed == ids(materials.files_of_case(office, case.case_id))
    again = receive(office, an_application(1), offline=True)
    assert again.repeated and len(materials.files_of_case(office, case.case_id)) == 2
    assert relay(office).uploaded == 1
    assert hall.gateway.contents == {first.file_id: PDF, second.file_id: PNG}


def test_a_dropped_draft_takes_its_files_along_and_another_keeps_them(hall: Hall, office: Office) -> None:
    stays, goes = Intake().with_applicant(PERSON), Intake().with_applicant(PERSON)
    for intake in (stays, goes):
        drafts.keep(office, intake, "0217")
    kept, gone = keep(office, stays.draft_id), keep(office, goes.draft_id)
    materials.drop(office, keep(office, goes.draft_id).file_id)
    drafts.drop(office, goes.draft_id)
    assert on_disk(hall) == {kept.file_id}
    assert materials.files_of_draft(office, goes.draft_id) == ()
    with pytest.raises(FileGoneError):
        materials.content(office, gone.file_id)


def test_what_the_disk_has_lost_is_taken_from_the_draft_and_named(hall: Hall, office: Office) -> None:
    kept, lost, signed = keep(office, "d1"), keep(office, "d1"), sign(office, "d1")
    for file in (lost, signed):
        (hall.local.folder.files / f"{file.file_id}.enc").unlink()
    assert materials.drop_lost(office, "d1") == (lost,)
    assert ids(materials.files_of_draft(office, "d1")) == [kept.file_id, signed.file_id]
    assert materials.drop_lost(office, "d1") == ()


def sign(office: Office, draft: str) -> MaterialFile:
    return materials.keep(office, draft, PNG, MediaType.PNG, 1, role=FileRole.SIGNATURE)


def test_a_cleared_page_comes_back_with_its_files(hall: Hall, office: Office) -> None:
    """Not with one that had been taken away before."""
    intake = Intake().with_applicant(PERSON)
    drafts.keep(office, intake, "0217")
    kept, away = keep(office, intake.draft_id), keep(office, intake.draft_id)
    materials.drop(office, away.file_id)
    drafts.set_aside(office, intake.draft_id)
    assert (drafts.recover(office), materials.files_of_draft(office, intake.draft_id)) == ((), ())
    drafts.bring_back(office, intake, "0217")
    assert [draft.intake for draft in drafts.recover(office)] == [intake]
    assert materials.files_of_draft(office, intake.draft_id) == (kept,)
    drafts.set_aside(office, intake.draft_id)
    drafts.drop(office, intake.draft_id)
    assert on_disk(hall) == set()


def test_an_opening_removes_what_nothing_knows_of(tmp_path: Path) -> None:
    """Content without a row, a file of a draft nobody kept, one that was taken away."""
    data = tmp_path / "data"
    with open_local(data, "test", FOLDER_KEY) as local:
        office = Hall(local).office()
        intake = Intake().with_applicant(PERSON)
        drafts.keep(office, intake, "0217")
        kept = keep(office, intake.draft_id)
        materials.drop(office, keep(office, intake.draft_id).file_id)
        keep(office, "a draft that was never written")
        office.vault.put("00000000-0000-4000-8000-000000000000", PDF)
        (data / "files" / ".half.enc.00000000.tmp").write_bytes(b"half")
        assert len(list((data / "files").iterdir())) == 5
    with open_local(data, "test", FOLDER_KEY) as local:
        assert [p.name for p in (data / "files").iterdir()] == [f"{kept.file_id}.enc"]
        assert materials.files_of_draft(Hall(local).office(), intake.draft_id) == (kept,)


def test_contents_the_gateway_has_had_for_a_month_go(tmp_path: Path) -> None:
    """Not those of a case that waits, however old, nor newer ones; and the case still knows of them."""
    data, cases = tmp_path / "data", []
    with open_local(data, "test", FOLDER_KEY) as local:
        hall = Hall(local)
        office = hall.office()
        with office.store.begin() as work:
            work.add_block(NumberBlock("block", 1, 9))
            work.commit()
        for n, days in enumerate((31, 31, 29)):
            hall.clock.at = datetime.now(UTC) - timedelta(days=days)
            cases.append(a_case_with(office, n, PDF))
        hall.gateway.file_trouble = refuses(cases[1], OfflineError("500"))
        assert relay(office, everything=True).uploaded == 2
        kept = [materials.files_of_case(office, case_id)[0].file_id for case_id in cases]
    with open_local(data, "test", FOLDER_KEY) as local:
        office = Hall(local).office()
        assert {p.stem for p in (data / "files").iterdir()} == set(kept[1:])
        opened = open_file(office, cases[0])
        assert opened is not None and opened.files[0].file.file_id == kept[0] and opened.uploaded
        with pytest.raises(FileGoneError):
            materials.content(office, kept[0])


def a_case_with(office: Office, n: int, *contents: bytes) -> str:
    for data in contents:
        keep(office, f"request-{n}", data)
    return receive(office, an_application(n), offline=True).case.case_id


def refuses(case_id: str, error: AppError) -> Callable[[MaterialFile, int], AppError | None]:
    return lambda file, _start: error if file.case_id == case_id else None


def test_a_refused_file_holds_up_its_own_case_only(hall: Hall, office: Office) -> None:
    stuck, fine, bare = a_case_with(office, 1, PDF, PNG), a_case_with(office, 2, PDF), a_case_with(office, 3)
    hall.gateway.file_trouble = refuses(stuck, RejectedError(reason="file_kind"))
    report = relay(office)
    assert (report.uploaded, report.pending, report.rejected) == (2, 0, 1)
    assert {m.case_id for m in hall.gateway.kept.values()} == {fine, bare}
    (held,) = waiting(office)
    assert (held.rejected, held.reason, held.files, held.files_sent) == (True, "file_kind", 2, 0)
    assert look(office).outbox.rejected == 1
    trouble = upload_trouble(office, stuck, 5.0)
    assert isinstance(trouble, RejectedError)
    assert office.texts["gateway_fault.file_kind"] in office.texts.error(trouble)
    hall.gateway.file_trouble = lambda file, start: None
    assert relay(office).uploaded == 0
    assert relay(office, everything=True).uploaded == 1


def test_a_file_the_gateway_stumbles_over_waits_by_itself(hall: Hall, office: Office) -> None:
    stuck, fine = a_case_with(office, 1, PDF), a_case_with(office, 2, PDF)
    hall.gateway.file_trouble = refuses(stuck, OfflineError("500"))
    report = relay(office)
    assert (report.uploaded, report.pending, report.offline) == (1, 1, False)
    shown = {line.case_id: (line.uploaded, line.files, line.files_sent) for line in lines(office, 9)}
    assert shown == {stuck: (False, 1, 0), fine: (True, 1, 1)}
    hall.gateway.file_trouble = lambda file, start: None
    hall.clock.pass_time(seconds=5)
    assert relay(office).uploaded == 1


def test_a_line_that_is_down_costs_no_file_its_turn(hall: Hall, office: Office) -> None:
    case_id = a_case_with(office, 1, PDF)
    hall.gateway.down = True
    for _ in range(5):
        assert relay(office).offline
    hall.gateway.down = False
    assert relay(office).uploaded == 1
    file = open_file(office, case_id)
    assert file is not None and file.files[0].sent == len(PDF) and file.uploaded


def test_many_held_cases_hide_none_behind_them(hall: Hall, office: Office) -> None:
    """More of them than a round looks at, and the last one has no files."""
    for n in range(6):
        a_case_with(office, n, PDF)
    free = a_case_with(office, 9)
    hall.gateway.file_trouble = lambda file, start: OfflineError("500")
    assert relay(office, limit=3).uploaded == 1
    assert [m.case_id for m in hall.gateway.kept.values()] == [free]


def test_a_short_round_sends_a_part_and_says_that_there_is_more(hall: Hall, office: Office) -> None:
    size = 3 * 64 * 1024
    case_id = a_case_with(office, 1, PDF + bytes(size - len(PDF)))
    report = relay(office, files_s=0.0)
    assert report.more and report.uploaded == 0
    assert len(hall.gateway.parts) == 1
    light = a_case_with(office, 2)
    while report.more:
        report = relay(office, files_s=0.0)
    assert [m.case_id for m in hall.gateway.kept.values()] == [light, case_id]
    starts = [start for _, start in hall.gateway.parts]
    assert starts == sorted(set(starts)) and len(hall.gateway.contents) == 1


def test_a_refused_file_that_is_taken_after_all_goes_on_by_itself(hall: Hall, office: Office) -> None:
    """A sync asks for it once more and has no time for the whole of it; the relay does the rest."""
    size = 3 * 64 * 1024
    case_id = a_case_with(office, 1, PDF + bytes(size - len(PDF)))
    hall.gateway.file_trouble = refuses(case_id, RejectedError(reason="file_kind"))
    assert relay(office).rejected == 1
    hall.gateway.file_trouble = lambda file, start: None
    assert relay(office, everything=True, files_s=0.0).pending == 1
    assert relay(office).uploaded == 1
