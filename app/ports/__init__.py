"""What the core needs from the world, said in the core's own words.

Adapters (app.store, app.catalog, app.remote, app.receipts, devices) implement these; the
core never imports an adapter.  A port raises only `AppError`s.
"""

from app.ports.catalog import CatalogSource, CatalogSync, SyncReport
from app.ports.devices import Devices
from app.ports.gateway import Gateway, GatewayHealth, Granted
from app.ports.machine import Clock, Machine
from app.ports.pages import PageTools, Picture
from app.ports.papers import ReceiptPress, ReceiptVerifier, Sealer, StationKeys
from app.ports.store import Enrolment, ItemPin, MaterialVault, ReceiptArchive, Store, UnitOfWork

__all__ = [
    "CatalogSource",
    "CatalogSync",
    "Clock",
    "Devices",
    "Enrolment",
    "Gateway",
    "GatewayHealth",
    "Granted",
    "ItemPin",
    "Machine",
    "MaterialVault",
    "PageTools",
    "Picture",
    "ReceiptArchive",
    "ReceiptPress",
    "ReceiptVerifier",
    "Sealer",
    "StationKeys",
    "Store",
    "SyncReport",
    "UnitOfWork",
]
