"""Who calls: a program with a key, or somebody who is signed in on the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from guanjia.api import queries
from guanjia.api.shapes.common import case_of
from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.cases.sight import Sight
from guanjia.engine import veiling
from guanjia.engine.sight import opens_file, sight_of
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.staff import queries as staff
from guanjia.staff import rules
from guanjia.staff.models import User

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Caller:
    """The user behind a request, at the request's moment, within the office of the key if it has one.

    Everything that an endpoint fetches goes through here: what the caller may not see does not exist.
    """

    user: User
    now: datetime
    limit: Office | None = None
    _reach: dict[Office, frozenset[str]] | None = field(default=None, repr=False)
    _sights: dict[int, Sight] = field(default_factory=dict, repr=False)

    def reach(self) -> dict[Office, frozenset[str]]:
        """The offices that the caller may see, by code, each with the roles that he holds there."""
        if self._reach is None:
            found = staff.reach_of(self.user, self.now)
            self._reach = {one: held for one, held in found.items() if self.limit in (None, one)}
        return self._reach

    def offices(self) -> list[Office]:
        """The offices that the caller may see, by code."""
        return list(self.reach())

    def office(self, code: str) -> Office:
        """One of those offices by code. Raises Problem NOT_FOUND."""
        found = next((one for one in self.offices() if one.code == code), None)
        if found is None:
            raise Problem(
                "NOT_FOUND", f"没有管理处「{code}」。", "您的管理处见 /api/v1/offices。", status=404
            )
        return found

    def roles(self, office: Office) -> frozenset[str]:
        """The caller's roles in an office that he may see."""
        return self.reach()[office]

    def require(self, permission: str, office: Office) -> None:
        """Nothing, or Problem FORBIDDEN when the caller's roles in an office that he may see do not suffice."""
        if not rules.PERMISSIONS[permission] & self.roles(office):
            rules.require(permission, self.user, office, self.now)

    def case(self, number: str, office: str = "") -> Case:
        """A case in those offices by number, as far as the caller sees.

        Raises Problem NOT_FOUND, or CASE_AMBIGUOUS without an office's code.
        """
        case = cases.case_among([self.office(office)] if office else self.offices(), number)
        if self.sight(case.office).opens(case):
            return case
        raise cases.not_found(number)

    def file(self, pk: int) -> Attachment:
        """A file in those offices, of a case that the caller may see or of his own. Raises Problem NOT_FOUND."""
        row = cases.attachment_among(self.offices(), pk)
        if opens_file(row, self.user, self.sight(row.office), self.now):
            if row.case is not None:
                veiling.looked(row.case, self.user, self.now, "文件")
            return row
        raise cases.no_file()

    def record(self, office: Office, pk: int) -> Record:
        """A filled form of an office, of a case that the caller sees and may read. Raises Problem NOT_FOUND."""
        row = records.record_by_id(office, pk)
        case, there = cases.by_number(office, case_of(row.reference)), self.sight(office)
        if not there.whole and (case is None or not there.opens(case)):
            raise records.no_record()
        if case is not None and veiling.hidden_from(case, self.user, self.now):
            raise records.no_record()
        if case is not None:
            veiling.looked(case, self.user, self.now, "表单")
        row.data = veiling.as_read(row.data, there.kept_numbers)
        return row

    def sight(self, office: Office) -> Sight:
        """How far the caller sees in an office that he reaches."""
        if office.pk not in self._sights:
            self._sights[office.pk] = sight_of(self.user, office, self.now, self.roles(office))
        return self._sights[office.pk]


class ApiRequest(HttpRequest):
    """A request that has passed `auth`."""

    auth: Caller
    now: datetime


class BearerKey(HttpBearer):
    """`Authorization: Bearer gj_...`"""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller behind a key. Raises Problem TOKEN_INVALID."""
        now: datetime = request.now  # type: ignore[attr-defined]
        found = queries.token_of(token, now)
        return Caller(found.user, now, found.office)


class SessionKey(APIKeyCookie):
    """The session of the pages; whatever changes something needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The caller behind a session, or None. Raises Problem CSRF_REFUSED."""
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: Any) -> Caller | None:
        """As above; the session itself was read by the middleware."""
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            raise Problem(
                "CSRF_REFUSED",
                "请求没有带页面的安全令牌。",
                "请带上 X-CSRFToken 请求头；程序请改用密钥。",
                status=403,
            )
        return Caller(user, request.now)  # type: ignore[attr-defined]
