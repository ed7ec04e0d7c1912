"""The readiness sheet as paper: on the receipt printer, else on the A4 printer, or as a file."""

from dataclasses import dataclass

from app.domain.device import DeviceKind
from app.domain.printing import DocumentOptions, PaperForm, PrintOutcome, PrintState
from app.domain.readiness import ReadinessSheet
from app.errors import DeviceNotConfiguredError
from app.services.office import Office
from app.services.printing import DEADLINES_S


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    form: PaperForm
    outcome: PrintOutcome


def print_sheet(office: Office, sheet: ReadinessSheet) -> PrintedSheet:
    """Blocks while it prints: on the `paper` executor.  Never raises for a device: the outcome tells."""
    if office.devices.has(DeviceKind.RECEIPT_PRINTER):
        data = office.press.readiness_slip(sheet, office.devices.slip_paper())
        return PrintedSheet(
            PaperForm.SLIP, office.devices.print_slip(data, DEADLINES_S[PaperForm.SLIP]).result()
        )
    if office.devices.has(DeviceKind.A4_PRINTER):
        pdf = office.press.readiness_page(sheet)
        return PrintedSheet(
            PaperForm.A4,
            office.devices.print_document(pdf, DocumentOptions(), DEADLINES_S[PaperForm.A4]).result(),
        )
    return PrintedSheet(PaperForm.SLIP, PrintOutcome(PrintState.FAILED, DeviceNotConfiguredError.code))


def sheet_pdf(office: Office, sheet: ReadinessSheet) -> tuple[str, bytes]:
    """File name and contents."""
    return f"readiness-{sheet.station_id}-{sheet.at:%Y%m%d-%H%M}.pdf", office.press.readiness_page(sheet)
