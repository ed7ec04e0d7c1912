"""Pages as pictures: where the paper lies in a photograph, and what an imported file holds."""

from dataclasses import dataclass

from app.domain.material_file import MediaType

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Of a sheet in a picture: top left, top right, bottom right, bottom left, as shares of width and height."""

WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
MOST_PAGES = 100  # of one file


@dataclass(frozen=True, slots=True)
class KeptShot:
    """A photograph of an unfinished document; its content lies in the vault under `file_id`.

    `corners` None: the whole photograph; `searched`: they are an answer, no sheet need be looked for.
    """

    file_id: str
    corners: Corners | None = None
    turns: int = 0
    searched: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """A file as it may be kept; `data` is what was read, or a copy without what does not belong there."""

    data: bytes
    media_type: MediaType
    pages: int
