"""`intake --file MATERIAL=PATH`: kept for the case; what is wrong is said before anything is kept."""

from pathlib import Path

import pytest

from app.commands.intake_attach import attach, files_of, read_files
from app.domain.material_file import MediaType
from app.errors import AppError, FileKindError, InvalidInputError, UnknownMaterialError
from app.services import materials
from app.services.intake import receive
from app.services.office import Office
from app.services.outbox_relay import relay
from tests.receipts import samples
from tests.services.fakes import an_application

PNG, JPEG = b"\x89PNG\r\n\x1a\n made up", b"\xff\xd8\xff\xe0 made up"


def test_files_are_kept_by_the_materials_id_or_name(office: Office, tmp_path: Path) -> None:
    station = samples.station()
    pdf = station.sealer.pdf(station.sealer.issue(samples.receipt()))
    for name, data in (("a.bin", pdf), ("b=2.png", PNG)):
        (tmp_path / name).write_bytes(data)
    attached = read_files([f"m1={tmp_path / 'a.bin'}", f"身份证(演示)={tmp_path / 'b=2.png'}"])
    application = an_application(1)
    attach(office, application, attached)
    kept = materials.files_of_draft(office, application.request_id)
    assert [(f.material_key, f.media_type, f.pages) for f in kept] == [
        ("m1", MediaType.PDF, 1), ("m1", MediaType.PNG, 1),
    ]  # fmt: skip
    case = receive(office, application, offline=True).case
    assert {told["state"] for told in files_of(office, case.case_id)} == {"waiting"}
    assert relay(office).uploaded == 1
    assert [(t["state"], t["sent"]) for t in files_of(office, case.case_id)] == [
        ("uploaded", len(pdf)), ("uploaded", len(PNG)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("material", "data", "error"),
    [
        ("m2", PNG, UnknownMaterialError),  # asked for in another situation only
        ("m1", b"MZ", FileKindError),
        ("m1", b"%PDF-1.7 and nothing of a PDF", FileKindError),
    ],
)
def test_nothing_is_kept_when_one_is_wrong(
    office: Office, material: str, data: bytes, error: type[AppError]
) -> None:
    application = an_application(1)
    with pytest.raises(error):
        attach(office, application, [("m1", JPEG), (material, data)])
    assert materials.files_of_draft(office, application.request_id) == ()


@pytest.mark.parametrize("word", ["m1", "=x", "m1=", "m1=/nowhere/at/all"])
def test_a_word_that_is_no_file_is_refused(word: str) -> None:
    with pytest.raises(InvalidInputError):
        read_files([word])
