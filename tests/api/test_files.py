"""Uploads are judged by their content, belong to an office, and become a case's through an action."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.api.conftest import BASE, Caller, Clock
from tests.api.repair import picture, play

from guanjia.cases.models import Attachment
from guanjia.ops.cards.stage import Stage

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(who: Caller, content: bytes, name: str = "a.png", **more: str) -> Any:
    return who.client.post(
        f"{BASE}/offices/card/attachments", {"file": SimpleUploadedFile(name, content), **more}
    )


def encoded(kind: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(kept, kind)
    return kept.getvalue()


def test_a_photograph_is_kept_and_read_back(caller: Callable[[str], Caller]) -> None:
    technician = caller("technician")
    response = send(technician, picture(), caption="  水管  接头 ", taken_at="2026-03-24 10:40")
    assert response.status_code == 201, response.content.decode()
    kept = response.json()
    assert (kept["mime"], kept["size"], kept["caption"]) == ("image/png", len(picture()), "水管 接头")
    assert (kept["taken_at"], kept["uploaded_at"]) == ("2026-03-24T02:40:00Z", "2026-03-24T02:42:00Z")
    assert kept["case"] == ""
    assert caller("director").get(f"/attachments/{kept['id']}") == kept
    content = caller("director").request("get", f"/attachments/{kept['id']}/content")
    assert b"".join(content.streaming_content) == picture()
    assert content["Content-Type"] == "image/png"
    assert content["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert content["X-Content-Type-Options"] == "nosniff"


def test_an_action_puts_it_into_its_case(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> None:
    technician = caller("technician")
    number = play(caller, clock, stage.person("technician").pk, until="accept")
    photo = send(technician, picture()).json()["id"]
    technician.act(number, "arrive", {"arrival_photos": [photo]})
    [file] = technician.get(f"/cases/{number}/attachments")["items"]
    assert (file["id"], file["case"]) == (photo, number)
    missing = technician.act(number, "note", {"text": "x", "photos": [photo + 1]}, status=422)
    assert (missing["code"], missing["field"]) == ("REFERENCE_UNKNOWN", "photos")


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (encoded("JPEG"), "image/jpeg"),
        (encoded("PNG"), "image/png"),
        (encoded("WEBP"), "image/webp"),
        (encoded("GIF"), "image/gif"),
        (PDF, "application/pdf"),
    ],
    ids=["jpeg", "png", "webp", "gif", "pdf"],
)
def test_what_is_taken(content: bytes, mime: str, caller: Callable[[str], Caller]) -> None:
    """Whatever its name says."""
    response = send(caller("technician"), content, "note.txt")
    assert (response.status_code, response.json()["mime"]) == (201, mime)
    read = caller("technician").request("get", f"/attachments/{response.json()['id']}/content")
    assert read["Content-Disposition"].startswith("attachment" if mime == "application/pdf" else "inline")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "UPLOAD_EMPTY"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "UPLOAD_TYPE"),
        (b"<html></html>", "UPLOAD_TYPE"),
        (b"MZ" + bytes(100), "UPLOAD_TYPE"),
        (b"PK\x03\x04" + bytes(100), "UPLOAD_TYPE"),
        (picture()[:60], "UPLOAD_DAMAGED"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "UPLOAD_DAMAGED"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "UPLOAD_DAMAGED"),
    ],
    ids=["empty", "svg", "html", "exe", "zip", "half", "png", "jpeg"],
)
def test_what_is_not_taken(content: bytes, code: str, caller: Callable[[str], Caller], media: Path) -> None:
    response = send(caller("technician"), content)
    assert (response.status_code, response.json()["code"], response.json()["field"]) == (422, code, "file")
    assert not Attachment.objects.exists()
    assert not list(media.rglob("*.*"))


def test_what_is_too_large(caller: Callable[[str], Caller], settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    response = send(caller("technician"), picture() + bytes(1024 * 1024))
    assert (response.status_code, response.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
    assert "1 MB" in response.json()["message"]


def test_a_picture_that_would_fill_the_memory(caller: Callable[[str], Caller]) -> None:
    kept = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(kept, "PNG")
    response = send(caller("technician"), kept.getvalue())
    assert (response.status_code, response.json()["code"]) == (422, "UPLOAD_DAMAGED")


def test_without_a_file(caller: Callable[[str], Caller]) -> None:
    client = caller("technician").client
    for response in (
        client.post(f"{BASE}/offices/card/attachments"),
        client.post(f"{BASE}/offices/card/attachments", {}, content_type="application/json"),
        client.post(f"{BASE}/offices/card/attachments", {"file": "text"}),
    ):
        assert (response.status_code, response.json()["field"]) == (422, "file"), response.content.decode()


def test_a_file_that_is_gone(caller: Callable[[str], Caller], media: Path) -> None:
    kept = send(caller("technician"), picture()).json()
    next(media.rglob("*.png")).unlink()
    lost = caller("technician").get(f"/attachments/{kept['id']}/content", status=404)
    assert lost["code"] == "UPLOAD_GONE"
