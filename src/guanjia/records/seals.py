"""Hashes over a signed form and its signatures, so that one changed by hand is found. Pure: no database."""

from __future__ import annotations

import hashlib

from guanjia.kernel.chain import START, link
from guanjia.kernel.moments import iso
from guanjia.records.models import Record, Signature


def record_seal(row: Record) -> str:
    """The hash of a form as it was signed; what it leaves open is not part of it yet."""
    return link(
        START,
        {
            "office": row.office_id,
            "form": row.form,
            "number": row.number,
            "reference": row.reference,
            "data": row.data,
            "left_open": row.left_open,
            "issued_at": iso(row.issued_at),
            "signed_at": iso(row.signed_at) if row.signed_at else "",
        },
    )


def signature_seal(row: Signature) -> str:
    """The hash of a signature, its picture and strokes included."""
    return link(
        START,
        {
            "office": row.office_id,
            "record": row.record_id,
            "reference": row.reference,
            "purpose": row.purpose,
            "signer": row.signer,
            "how": row.how,
            "strokes": row.strokes,
            "png": hashlib.sha256(bytes(row.png)).hexdigest(),
            "device": row.device,
            "note": row.note,
            "signed_at": iso(row.signed_at),
            "taken_by": row.taken_by_id,
        },
    )
