"""Catalog files built once for all tests of this folder."""

from datetime import datetime
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.domain.hall_time import CHINA

DAY = datetime(2026, 11, 20, 9, tzinfo=CHINA)
SHARED = Path(__file__).parents[3] / "shared" / "data"
PORTAL = SHARED / "gd_items" / "policy.json"


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "catalog.sqlite"
    build_catalog(demo_items(), "demo-1", DAY, path)
    return path


@pytest.fixture
def demo(demo_file: Path):
    file = CatalogFile(demo_file)
    yield file
    file.close()


@pytest.fixture
def portal() -> Path:
    if not PORTAL.exists():
        pytest.skip("the real portal data is not beside this checkout (../shared/data)")
    return PORTAL
