"""Peripherals that did not do their part."""

from app.errors.base import AppError, Blame


class DeviceError(AppError):
    """A peripheral did not do its part."""

    code = "device"
    blame = Blame.OPERATOR
    retryable = True


class DeviceNotConfiguredError(DeviceError):
    code = "device.not_configured"
    retryable = False


class DeviceNotFoundError(DeviceError):
    """The line cannot be opened, or it broke."""

    code = "device.not_found"


class DeviceTimeoutError(DeviceError):
    """The device did not answer in time."""

    code = "device.timeout"


class DeviceProtocolError(DeviceError):
    """The device answered something its protocol does not allow."""

    code = "device.protocol"


class NoCardError(DeviceError):
    """Nobody put a card on the reader before the deadline."""

    code = "device.no_card"


class CardUnreadableError(DeviceError):
    """A card was there but could not be read: lift it and put it back."""

    code = "device.card_unreadable"


class CardUnsupportedError(DeviceError):
    """A card, but not an identity document this reader can read."""

    code = "device.card_unsupported"
    retryable = False


class DeviceBusyError(DeviceError):
    """Somebody else is using the device just now.  Values: holder."""

    code = "device.busy"


class DeviceServiceError(DeviceError):
    """The device reports a fault of its own that only service can mend."""

    code = "device.needs_service"
    retryable = False


class CameraExtraError(DeviceError):
    """A document camera is configured, and what it takes to use it is not installed."""

    code = "device.camera_extra"
    retryable = False


class PrinterPaperError(DeviceError):
    code = "device.printer_paper"


class PrinterCoverError(DeviceError):
    code = "device.printer_cover"


class PrinterFaultError(DeviceError):
    """Cutter or head: values: part."""

    code = "device.printer_fault"


class PrinterJamError(DeviceError):
    code = "device.printer_jam"


class PrinterTonerError(DeviceError):
    """Toner or ink is used up, or its waste bin is full."""

    code = "device.printer_toner"


class PrinterPausedError(DeviceError):
    """Somebody stopped the printer or its queue; it takes no jobs until it is resumed."""

    code = "device.printer_paused"


class PrinterUnsupportedError(DeviceError):
    """The printer cannot print what it would get: no PDF, or not so many copies."""

    code = "device.printer_unsupported"
    retryable = False


class PrinterHotError(PrinterFaultError):
    """The head is too hot: the printer has stopped and will go on by itself."""

    code = "device.printer_hot"


class PrintUnprovenError(DeviceError):
    """Everything was sent to a printer that never says whether it printed: look at the paper."""

    code = "device.print_unproven"
    retryable = False
