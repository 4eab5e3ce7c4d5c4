"""The only writer of cases and timelines. `engine` is the only caller: there is no second way to change a case."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File

from guanjia.cases import uploads
from guanjia.cases.models import (
    Access,
    Attachment,
    Case,
    CaseLink,
    Event,
    ResidentLink,
    Series,
    Topic,
    Unlike,
)
from guanjia.estate.models import Office, Party, Unit
from guanjia.kernel import chain
from guanjia.kernel.moments import iso
from guanjia.ledger.series import take
from guanjia.staff.models import User

LINK_DAYS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """What one event says, before it is chained. `changes`: {"columns": {...}, "facts": {...}}.

    request: hash of what was asked for under `key`.
    """

    at: datetime
    written_at: datetime
    actor: User | None
    actor_label: str
    action: str
    label: str
    emits: tuple[str, ...]
    data: Mapping[str, Any]
    state: str
    changes: Mapping[str, Any]
    key: str | None = None
    request: str = ""


def payload(case_number: str, seq: int, line: Line | Event) -> dict[str, Any]:
    """What the hash of an event is taken over: everything that the line says."""
    actor_id = line.actor_id if isinstance(line, Event) else (line.actor.pk if line.actor else None)
    return {
        "case": case_number,
        "seq": seq,
        "at": iso(line.at),
        "written_at": iso(line.written_at),
        "actor": actor_id,
        "actor_label": line.actor_label,
        "action": line.action,
        "label": line.label,
        "emits": list(line.emits),
        "data": dict(line.data),
        "state": line.state,
        "changes": dict(line.changes),
        "key": line.key,
        "request": line.request,
    }


def take_number(office: Office, prefix: str, at: datetime) -> str:
    """The next number of a category in the office's month: BX2603-0217."""
    return take(Series, office, f"case:{prefix}", prefix + "{yy}{mm}-{n:4}", at).text


def append(case: Case, line: Line) -> Event:
    """Add a line to a case's timeline and chain it. The case's seq and head move on; the caller saves the case."""
    seq = case.last_seq + 1
    previous = case.head or chain.START
    digest = chain.link(previous, payload(case.number, seq, line))
    case.last_seq, case.head = seq, digest
    return Event.objects.create(
        case=case,
        office_id=case.office_id,
        seq=seq,
        at=line.at,
        written_at=line.written_at,
        actor=line.actor,
        actor_label=line.actor_label,
        action=line.action,
        label=line.label,
        emits=list(line.emits),
        data=dict(line.data),
        state=line.state,
        changes=dict(line.changes),
        key=line.key,
        request=line.request,
        previous=previous,
        hash=digest,
    )


def link(source: Case, target: Case, kind: str) -> CaseLink:
    """Link two cases of one office, once."""
    found, _made = CaseLink.objects.get_or_create(source=source, target=target, kind=kind)
    return found


def unlink(source: Case, target: Case) -> int:
    """Take the links between two cases away, in either direction; how many there were."""
    rows = CaseLink.objects.filter(source__in=[source, target], target__in=[source, target])
    count, _by_model = rows.delete()
    return count


def keep_topics(case: Case, keys: Iterable[str]) -> None:
    """The keys under which a case is found by others of the same thing."""
    Topic.objects.bulk_create(
        Topic(office_id=case.office_id, case=case, key=key, at=case.opened_at) for key in keys
    )


def keep_unlike(case: Case, other: Case, by: User, at: datetime) -> bool:
    """Remember that two cases are not the same thing; whether that was new."""
    first, second = sorted((case, other), key=lambda one: one.pk)
    _row, made = Unlike.objects.get_or_create(case=first, other=second, defaults={"by": by, "at": at})
    return made


def attach(case: Case, ids: Iterable[int]) -> None:
    """Put uploaded files of the case's office into the case."""
    Attachment.objects.filter(office_id=case.office_id, pk__in=list(ids), case__isnull=True).update(case=case)


def keep_upload(
    office: Office,
    file: File[bytes],
    *,
    at: datetime,
    by: User | None = None,
    caption: str = "",
    taken_at: datetime | None = None,
) -> Attachment:
    """Keep an uploaded photograph or PDF of an office; an action that names it puts it into its case.

    at: when it arrived; taken_at: when it was taken, if the sender knows. The name it was sent under is not kept.
    Raises Problem UPLOAD_EMPTY, UPLOAD_TOO_LARGE, UPLOAD_TYPE, UPLOAD_DAMAGED.
    """
    limit = settings.UPLOAD_LIMIT_BYTES
    content = file.read(limit + 1)
    mime = uploads.kind_of(content, limit)
    name = f"{secrets.token_hex(8)}.{uploads.ENDINGS[mime]}"
    return Attachment.objects.create(
        office=office,
        file=ContentFile(content, name),
        mime=mime,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        caption=" ".join(caption.split())[:80],
        taken_at=taken_at,
        uploaded_at=at,
        uploaded_by=by,
    )


def invite(case: Case, party: Party | None, scope: str, at: datetime) -> str:
    """A new link for the resident; the token is returned once and only its hash is kept."""
    token = secrets.token_urlsafe(24)
    ResidentLink.objects.create(
        case=case,
        party=party,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        scope=scope,
        created_at=at,
        expires_at=at + timedelta(days=LINK_DAYS),
    )
    return token


def use_link(link: ResidentLink, at: datetime) -> None:
    """Write down when a resident first acted by a link."""
    if link.used_at is None:
        link.used_at = at
        link.save(update_fields=["used_at"])


def note_access(
    office: Office,
    user: User,
    what: str,
    at: datetime,
    *,
    unit: Unit | None = None,
    party: Party | None = None,
) -> None:
    """Write down who looked at personal data, and of which household or person, where that is known."""
    Access.objects.create(office=office, user=user, what=what[:80], unit=unit, party=party, at=at)
