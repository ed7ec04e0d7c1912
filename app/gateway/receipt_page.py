"""The page a citizen's phone opens from the receipt's QR: verdict first, then the facts of the token.

Server-rendered, no script, nothing fetched from elsewhere.  It shows what the signed token
says and what is registered here, and no name and no number of a document: it has neither
in hand, since the record stays sealed.
"""

import base64
import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import Template
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import HTMLResponse, Response

from app.domain.hall_time import CHINA
from app.domain.receipt import Verdict
from app.errors import ReceiptNotGenuineError
from app.gateway.database import cases, item_names
from app.gateway.intake import key_finder
from app.gateway.parts import Parts
from app.gateway.platform import SIMULATED
from app.receipts.token import verify_token
from app.texts import RESOURCES, Texts, load

_TOKEN = re.compile(r"[A-Z2-7]{16,2000}")  # BASE32 without padding


@dataclass(frozen=True, slots=True)
class _Page:
    status: int
    tone: str
    mark: str
    verdict: str
    note: str
    facts: tuple[tuple[str, str], ...] = ()
    demo: bool = False


def answer(parts: Parts, token: str) -> Response:
    """200 genuine, 404 well-formed but not genuine, 400 not a token at all."""
    if not _TOKEN.fullmatch(token):
        return _response(_refusal(400))
    with parts.database.read() as db:
        try:
            verdict = verify_token(token, key_finder(db))
        except ReceiptNotGenuineError:
            return _response(_refusal(404))
        return _response(_genuine(db, verdict))


def _refusal(status: int) -> _Page:
    texts = load()
    return _Page(
        status, "bad", "!", texts["gateway_page.not_genuine"], texts["gateway_page.not_genuine_note"]
    )


def _genuine(db: Connection, verdict: Verdict) -> _Page:
    texts, claims = load(), verdict.claims
    row = db.execute(select(cases).where(cases.c.number == claims.number)).one_or_none()
    item = db.scalar(select(item_names.c.name).where(item_names.c.code == claims.item_code))
    facts = _facts(texts, verdict, row, item)
    demo = verdict.station.demo
    if row is not None and row.receipt_digest != claims.digest.hex():
        verdict_text, note = texts["gateway_page.mismatch"], texts["gateway_page.mismatch_note"]
        return _Page(200, "warn", "!", verdict_text, note, facts[:5], demo)
    verdict_text, note = texts["gateway_page.genuine"], texts["gateway_page.genuine_note"]
    return _Page(200, "good", "\u2713", verdict_text, note, facts, demo)


def _facts(texts: Texts, verdict: Verdict, row: Any, item: str | None) -> tuple[tuple[str, str], ...]:
    """(key of the label, words); the first five are the token's own."""
    claims = verdict.claims
    line = "line_offline" if claims.offline else "line_online"
    state = row.state if row is not None else "received"
    name = row.item_name if row is not None and row.item_code == claims.item_code else item
    return (
        ("number", claims.number),
        ("item", name or texts["gateway_page.item_unknown"]),
        ("hall", verdict.station.site),
        ("time", _time(texts, claims.received_at)),
        ("line", texts[f"gateway_page.{line}"]),
        ("state", texts.code("gateway_page", f"state_{state}")),
        ("upload", texts["gateway_page.not_uploaded" if row is None else "gateway_page.uploaded"]),
        ("platform_number", _platform_number(texts, row)),
    )


def _platform_number(texts: Texts, row: Any) -> str:
    number: str = (row.platform_number if row is not None else "") or ""
    if not number:
        return texts["gateway_page.platform_waiting"]
    if number.startswith(SIMULATED):
        return texts.say("gateway_page.simulated", number=number)
    return number


def _time(texts: Texts, at: datetime) -> str:
    local = at.astimezone(CHINA)
    return texts.say(
        "gateway_page.time_form",
        year=local.year,
        month=local.month,
        day=local.day,
        hour=local.hour,
        minute=local.minute,
    )


def _response(page: _Page) -> Response:
    texts, style = load(), _resource("receipt_page.css")
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    demo = f'<p class="demo">{html.escape(texts["gateway_page.demo_note"])}</p>' if page.demo else ""
    document = Template(_resource("receipt_page.html")).substitute(
        title=html.escape(texts["gateway_page.title"]),
        office=html.escape(texts["gateway_page.office"]),
        style=style,
        tone=page.tone,
        demo=demo,
        mark=page.mark,
        verdict=html.escape(page.verdict),
        note=html.escape(page.note),
        facts=_facts_html(texts, page.facts),
        foot=html.escape(texts["gateway_page.privacy"]) if page.facts else "",
    )
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(document, page.status, headers)


def _facts_html(texts: Texts, facts: tuple[tuple[str, str], ...]) -> str:
    if not facts:
        return ""
    rows = "\n".join(
        f"<div><dt>{html.escape(texts[f'gateway_page.{key}'])}</dt>"
        f'<dd class="{key}">{html.escape(words)}</dd></div>'
        for key, words in facts
    )
    what = html.escape(texts["gateway_page.what_it_is"])
    return f'<p class="what">{what}</p>\n<dl>\n{rows}\n</dl>'


@cache
def _resource(name: str) -> str:
    return (RESOURCES / "gateway" / name).read_text(encoding="utf-8")
