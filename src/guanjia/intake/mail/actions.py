"""The only writer of letters. Each letter is written once, in one transaction with what follows from it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, transaction

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import SYSTEM, Intake, open_case, perform
from guanjia.engine.actors import Doer
from guanjia.engine.door import new_case
from guanjia.estate import queries as estate
from guanjia.estate.models import Party, Unit
from guanjia.intake import suggest as suggesting
from guanjia.intake.mail.parsing import MOST_FILES, Parsed, Unreadable, digest_of, parse
from guanjia.intake.models import Letter
from guanjia.intake.suggest import Suggestion
from guanjia.kernel.problem import Problem
from guanjia.notify import actions as notify
from guanjia.notify import queries as messages
from guanjia.notify.models import Mailbox
from guanjia.staff.models import User
from guanjia.staff.queries import day_in

log = logging.getLogger(__name__)
OFTEN = 5  # letters to one address within a day; whoever answers more often is a machine
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Arrived:
    """A letter on the server. refused: why only its head was fetched."""

    uid_validity: int
    uid: int
    raw: bytes
    came_at: datetime
    refused: str = ""


def keep(box: Mailbox, arrived: Arrived, *, now: datetime) -> Letter | None:
    """Write a letter down, and what follows: an answer goes to its case, a letter of an office that registers at once
    becomes a case. None for one that is known already."""
    try:
        with transaction.atomic():
            return _keep(box, arrived, now)
    except IntegrityError:
        return None  # another reader was first, or the same letter lies there twice
    except (DatabaseError, OSError):
        raise  # no fault of the letter: the next reading begins with it
    except Exception as trouble:  # one letter holds up no other: a person looks at it
        log.exception("letter %s of %s", arrived.uid, box.address)
        reason = f"处理这封信时出错（{type(trouble).__name__}），请人看一下，并把日志发给维护人员。"
        return _unreadable(_blank(box, arrived, now), arrived, reason)


def _blank(box: Mailbox, arrived: Arrived, now: datetime) -> Letter:
    return Letter(
        office=box.office, mailbox=box, uid_validity=arrived.uid_validity, uid=arrived.uid,
        came_at=min(arrived.came_at, now), read_at=now,
    )  # fmt: skip


def _keep(box: Mailbox, arrived: Arrived, now: datetime) -> Letter | None:
    letter = _blank(box, arrived, now)
    try:
        if arrived.refused:
            raise Unreadable(arrived.refused)
        found = parse(arrived.raw, box.address)
    except Unreadable as trouble:
        return _unreadable(letter, arrived, str(trouble))
    if _known(box, arrived, found):
        return None
    letter.message_id, letter.digest = found.message_id, found.digest
    letter.sender, letter.sender_name, letter.subject = found.sender[:254], found.sender_name, found.subject
    letter.text, letter.whole = found.text, found.whole
    letter.party, letter.unit = sender_of(letter)
    if found.automatic:
        letter.state = Letter.State.AUTOMATIC
    letter.save(force_insert=True)
    _keep_files(letter, found, now)
    if not found.automatic and not _thread(letter, found, now):
        _at_once(letter, box, now)
    return letter


def _unreadable(letter: Letter, arrived: Arrived, reason: str) -> Letter | None:
    digest = digest_of(arrived.raw)
    if Letter.objects.filter(mailbox=letter.mailbox, digest=digest).exists():
        return None
    letter.digest, letter.state, letter.reason = digest, Letter.State.UNREADABLE, reason[:300]
    letter.raw = arrived.raw
    letter.save(force_insert=True)
    return letter


def _known(box: Mailbox, arrived: Arrived, found: Parsed) -> bool:
    """Whether the same letter was read before: under the same place of the mailbox, or moved, copied, sent again."""
    rows = Letter.objects.filter(mailbox=box)
    return (
        rows.filter(uid_validity=arrived.uid_validity, uid=arrived.uid).exists()
        or rows.filter(digest=found.digest).exists()
    )


def sender_of(letter: Letter) -> tuple[Party | None, Unit | None]:
    """Whose letter it is: by the registered address, else by telephone, name or unit in what it says."""
    office = letter.office
    parties = estate.parties_by_email(office, letter.sender)
    if len(parties) == 1:
        homes = estate.units_of_party(office, parties[0], day_in(office, letter.came_at))
        return parties[0], homes[0] if len(homes) == 1 else None
    found = suggesting.suggest(office, line_of(letter), at=letter.came_at)
    return found.party.party, found.unit.unit


def line_of(letter: Letter) -> str:
    """The letter as a line for the desk's parser: subject and text in one, as much as a line holds."""
    return " ".join(f"{letter.subject} {letter.text}".split())[:480]


def _keep_files(letter: Letter, found: Parsed, now: datetime) -> None:
    notes = []
    for file in found.files:
        try:
            kept = case_actions.keep_upload(
                letter.office, ContentFile(file.content), at=now, caption=file.name
            )
        except Problem as problem:
            notes.append(f"{file.name}：{problem.message}")
        else:
            letter.files.add(kept)
    if found.files_left:
        notes.append(f"还有 {found.files_left} 个附件没有收：一封信最多 {MOST_FILES} 个，请在邮箱里看。")
    if notes:
        letter.notes = notes
        letter.save(update_fields=["notes"])


def _thread(letter: Letter, found: Parsed, now: datetime) -> bool:
    """An answer goes to the case that it answers: by the letters that it names, or by the number in the subject when
    the sender has written about that case before. Whoever only names a number is a draft with that case beside it."""
    if same := _same_id(letter):
        letter.case, letter.reason = (
            same.case,
            "和收过的一封信是同一个编号，内容不一样，请看一下是不是同一件。",
        )
        letter.save(update_fields=["case", "reason"])
        return True
    case, sure = _case_of(letter, found)
    if case is None:
        return False
    letter.case = case
    if not sure or case.closed_at is not None:
        letter.reason = (
            "提到已有的事项，请看一下是不是同一件。" if not sure else "回的是已办结的事项，请看一下。"
        )
        letter.save(update_fields=["case", "reason"])
        return True
    try:
        with transaction.atomic():
            add(letter, case, by=SYSTEM, now=now)
    except Problem as problem:
        letter.state, letter.case = Letter.State.DRAFT, case
        letter.reason = f"不能并入 {case.number}：{problem}"[:300]
        letter.save(update_fields=["state", "case", "reason"])
    return True


def _same_id(letter: Letter) -> Letter | None:
    """An earlier letter of the sender under the same Message-ID: one letter by two ways, or a program that numbers all
    its letters alike. It never becomes a second case by itself, and is never lost."""
    rows = Letter.objects.filter(mailbox=letter.mailbox, sender=letter.sender, message_id=letter.message_id)
    return rows.exclude(pk=letter.pk).select_related("case").first() if letter.message_id else None


def _case_of(letter: Letter, found: Parsed) -> tuple[Case | None, bool]:
    if sent := messages.letter_sent(letter.office, found.answers):
        number = sent.reference.rpartition(":")[2]
        return _case(letter, number), True
    before = Letter.objects.filter(mailbox=letter.mailbox, message_id__in=found.answers).exclude(
        message_id=""
    )
    if found.answers and (earlier := before.filter(case__isnull=False).select_related("case").first()):
        return earlier.case, earlier.sender == letter.sender
    for number in found.numbers:
        if case := _case(letter, number):
            wrote = case.letters.filter(sender=letter.sender).exists()
            return case, wrote or (letter.party is not None and case.party_id == letter.party.pk)
    return None, False


def _case(letter: Letter, number: str) -> Case | None:
    try:
        return cases.case_in(letter.office, number)
    except Problem:
        return None


@transaction.atomic
def add(letter: Letter, case: Case, *, by: Doer, now: datetime) -> None:
    """The letter goes to a case: a line of its timeline with the text and the files, and whoever has the case is told.

    Raises what `perform` raises, and Problem LETTER_DONE.
    """
    _claim(letter)
    files = list(letter.files.values_list("pk", flat=True))
    who = letter.sender_name or letter.sender
    text = f"来信（{who}）：{letter.subject}\n{letter.text}"[:4000]
    data = {"text": text, **({"photos": files} if files else {})}
    perform(case, "note", actor=by, at=now, now=now, data=data, key=f"letter:{letter.pk}")
    _done(letter, Letter.State.ADDED, case, by, now)
    if case.assignee:
        notify.enqueue(
            letter.office, subject=f"{case.number} 业户来信", body=text[:400], key=f"letter:{letter.pk}:told",
            now=now, to_user=case.assignee, reference=f"case:{case.number}",
        )  # fmt: skip


def _at_once(letter: Letter, box: Mailbox, now: datetime) -> None:
    """Register the letter in the name of whom the office has named for that; what is missing leaves it a draft."""
    if box.registrar is None:
        return
    found = suggesting.suggest(letter.office, line_of(letter), at=now)
    if not found.category:
        letter.reason = "没有听出是哪一类事，请人看一下。"
        letter.save(update_fields=["reason"])
        return
    try:
        with transaction.atomic():
            data, intake = _opening(letter, found, now)
            opened = open_case(
                letter.office, found.category, actor=box.registrar, at=letter.came_at, now=now, intake=intake,
                data=data, key=f"letter:{letter.pk}",
            )  # fmt: skip
            register(letter, opened.case, by=box.registrar, now=now)
    except Problem as problem:
        letter.reason = f"不能直接登记：{problem}"[:300]
        letter.state, letter.case = Letter.State.DRAFT, None
        letter.save(update_fields=["reason", "state", "case"])


def _opening(letter: Letter, found: Suggestion, now: datetime) -> tuple[dict[str, str], Intake]:
    """What the opening action of the letter's category takes of it, and what the desk would know besides."""
    unit, party = letter.unit or found.unit.unit, letter.party or found.party.party
    phones = estate.phones_of(letter.office, party) if party else []
    known = {
        "unit": unit.code if unit else "",
        "contact_phone": found.phone.number or next((one.number for one in phones), ""),
        "contact_name": str(party or letter.sender_name),
        "matter": matter_of(letter),
        "timing": "now",
        "channel": "email",
        "item": found.item.name if found.item else "",
    }
    _adopted, _case, opening = new_case(letter.office, found.category, now, Intake(), "")
    taken = {field.key for field in opening.field}
    row = found.chosen.row if found.chosen else None
    intake = Intake(
        party=party,
        unit=unit,
        urgent=found.urgency.urgent,
        urgent_reason=found.urgency.reason,
        skill=found.skill,
        subject=letter.subject or found.matter[:200],
        place=row.place if row else "",
        kind=row.kind if row else "",
        problem=row.problem if row else "",
    )
    return {name: value for name, value in known.items() if value and name in taken}, intake


def matter_of(letter: Letter) -> str:
    """What the case is about: subject and text."""
    text = letter.text if letter.text.startswith(letter.subject) else f"{letter.subject}\n{letter.text}"
    return text.strip()[:2000]


@transaction.atomic
def register(letter: Letter, case: Case, *, by: User, now: datetime) -> None:
    """The letter has become this case: its files go there and the sender is told the number. Problem LETTER_DONE."""
    _claim(letter)
    if files := list(letter.files.values_list("pk", flat=True)):
        data = {"text": "来信的附件", "photos": files}
        perform(case, "note", actor=by, at=now, now=now, data=data, key=f"letter:{letter.pk}:files")
    automatic = letter.state == Letter.State.AUTOMATIC
    _done(letter, Letter.State.REGISTERED, case, by, now)
    if not automatic:
        acknowledge(letter, case, now=now)


def acknowledge(letter: Letter, case: Case, *, now: datetime) -> bool:
    """Tell the sender the number of the case, in the thread of the letter; nobody is answered again and again."""
    if not letter.sender or messages.letters_to(letter.office, letter.sender, now - DAY) >= OFTEN:
        return False
    subject = letter.subject or "您的来信"
    notify.enqueue(
        letter.office, to_address=letter.sender, answers=letter.message_id, now=now, key=f"letter:{letter.pk}",
        subject=f"[{case.number}] Re: {subject}", reference=f"case:{case.number}",
        body=f"您好，{letter.office.name}收到了您的来信，已登记，单号 {case.number}。\n"
        f"要补充时请直接回复本邮件，或来电 {letter.office.duty_phone}，说单号即可。\n\n本邮件由系统自动发出。",
    )  # fmt: skip
    return True


@transaction.atomic
def drop(letter: Letter, reason: str, *, by: User, now: datetime) -> None:
    """The letter is no matter for the office, for a reason. Problem FIELD_REQUIRED, LETTER_DONE."""
    if not reason.strip():
        raise Problem("FIELD_REQUIRED", "「为什么不登记」要填。", field="reason")
    _claim(letter)
    letter.reason = reason.strip()[:300]
    _done(letter, Letter.State.DROPPED, None, by, now)


def _claim(letter: Letter) -> None:
    """The letter's row is ours until the transaction ends; one that is done is not done again."""
    state = Letter.objects.select_for_update().filter(pk=letter.pk).values_list("state", flat=True).get()
    if state not in (Letter.State.DRAFT, Letter.State.UNREADABLE, Letter.State.AUTOMATIC):
        raise Problem("LETTER_DONE", "这封来信已经办过。", "请刷新来信清单。", status=409)


def _done(letter: Letter, state: str, case: Case | None, by: Doer, now: datetime) -> None:
    letter.state, letter.case, letter.done_at = state, case, now
    letter.done_by = by if isinstance(by, User) else None
    letter.save(update_fields=["state", "case", "reason", "done_by", "done_at"])
