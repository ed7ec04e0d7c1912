"""设备: the page of everything the station depends on."""

from ui.pages.devices.page import DevicesPage

__all__ = ["DevicesPage"]
