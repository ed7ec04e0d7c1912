"""The shapes of the interface's JSON documents; the OpenAPI document is made from them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.gateway.numbers import LARGEST_BLOCK


class FaultDetail(BaseModel):
    code: str = Field(description="A word of this interface; see the table of codes in docs/adr/0030")
    message: str = Field(description="A sentence for people, in Chinese")
    retryable: bool = Field(description="Whether the same request can succeed later")
    values: dict[str, Any] = Field(description="What the caller needs to act: left, minutes, now")


class FaultDocument(BaseModel):
    error: FaultDetail


class Health(BaseModel):
    now: datetime
    catalog_version: str = Field(description="Empty while no catalog is published")
    stations: int


class EnrolmentRequest(BaseModel):
    code: str = Field(min_length=1, max_length=64)
    station_id: str = Field(min_length=1, max_length=16)
    site: str = Field(min_length=1, max_length=60)
    mode: str = Field(pattern="^(counter|kiosk|popup)$")
    request_pem: str = Field(max_length=4096, description="PKCS #10 request for a P-256 key, PEM")


class Block(BaseModel):
    block_id: str
    first: int
    last: int


class EnrolmentGrant(BaseModel):
    station_id: str
    key_id: str
    certificate_pem: str
    authority_pem: str
    trusted_root: str = Field(description="The first root.json of the signed repository, base64")
    enrolled_at: datetime
    block: Block


class LeaseRequest(BaseModel):
    count: int = Field(ge=1, le=LARGEST_BLOCK)


class MessageRequest(BaseModel):
    topic: str = Field(pattern="^[a-z][a-z_.]{0,39}$")
    case_id: str = Field(min_length=36, max_length=36)
    content: dict[str, Any] = Field(
        description="case.received: case, receipt, salt (hex), token, files (those listed must be complete); "
        "catalog.feedback: feedback (case_id and message_id are its feedback_id)"
    )


class MessageAnswer(BaseModel):
    message_id: str
    case_id: str
    platform_number: str = Field(description="Empty while the city platform has not given one")


class FileAnnouncement(BaseModel):
    case_id: str = Field(min_length=36, max_length=36)
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Of the whole file, hex")
    size: int = Field(ge=1, le=1 << 40, description="Bytes of the whole file")
    media_type: str = Field(pattern="^(application/pdf|image/jpeg|image/png)$")


class FileProgress(BaseModel):
    file_id: str
    offset: int = Field(description="Bytes the gateway holds: where to go on")
    complete: bool = Field(description="Whole and verified")
    sha256: str = Field(description="The gateway's own hash, empty until complete")


class SignInRequest(BaseModel):
    operator_id: str = Field(pattern="^[0-9A-Za-z]{1,16}$")
    pin: str = Field(min_length=1, max_length=64)


class SignedIn(BaseModel):
    operator_id: str
    name: str
    role: str
