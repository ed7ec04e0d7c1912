"""What a mode is, as data.

Pages and flows never ask for the mode; they look at the fields of the `Profile` they
are given.  A test keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.catalog import Channel
from app.texts import DEFAULT_LOCALE
from ui.theme import COUNTER, KIOSK, Scale


@dataclass(frozen=True, slots=True)
class Profile:
    """`idle_seconds` 0 means never; `least_size` is the smallest window (width, height) in px."""

    channel: Channel
    full_screen: bool
    least_size: tuple[int, int]
    scale: Scale
    locales: tuple[str, ...] = (DEFAULT_LOCALE,)
    elder_offered: bool = False
    touch_target: int = 0
    touch_from_y: int = 0
    idle_seconds: int = 0
    elder_idle_seconds: int = 0
    countdown_seconds: int = 20
    mask_identity: bool = False
    preselect_situations: bool = True
    compare_face: bool = True
    hand_entry: bool = True
    event_bar: bool = False
    may_exit: bool = True
    lock_after_seconds: int = 0


_DESK = Profile(
    channel=Channel.COUNTER,
    full_screen=False,
    least_size=(1366, 768),
    scale=COUNTER,
    mask_identity=True,
    lock_after_seconds=600,
)

PROFILES: Mapping[Channel, Profile] = {
    Channel.COUNTER: _DESK,
    Channel.KIOSK: Profile(
        channel=Channel.KIOSK,
        full_screen=True,
        least_size=(1080, 1920),
        scale=KIOSK,
        elder_offered=True,
        touch_target=88,
        touch_from_y=640,
        idle_seconds=60,
        elder_idle_seconds=120,
        mask_identity=True,
        preselect_situations=False,
        compare_face=False,
        may_exit=False,
    ),
    Channel.POPUP: Profile(
        channel=Channel.POPUP,
        full_screen=False,
        least_size=(1366, 768),
        scale=COUNTER,
        mask_identity=True,
        event_bar=True,
        lock_after_seconds=600,
    ),
}
