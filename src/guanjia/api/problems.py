"""Every error leaves the API in one shape: a Problem as JSON, whatever went wrong and wherever."""

from __future__ import annotations

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from guanjia.kernel.problem import Problem, Problems

log = logging.getLogger("guanjia.api")


class ProblemPart(BaseModel):
    """One thing that is wrong, and what to do about it."""

    code: str = Field(description="不变的代码，见 docs/errors.md")
    message: str = Field(description="哪里不对")
    hint: str = Field(description="下一步做什么；可能为空")
    field: str = Field(description="哪一项输入；与某一项无关时为空")
    clause: str = Field(description="依据的条号；与规程无关时为空")


class ProblemOut(ProblemPart):
    """What is wrong: the first thing at the top, all of them under `problems`."""

    problems: list[ProblemPart]


def as_response(problem: Problem) -> JsonResponse:
    """The Problem as the API answers it, with its status."""
    parts = problem.problems if isinstance(problem, Problems) else (problem,)
    body = {**problem.as_dict(), "problems": [part.as_dict() for part in parts]}
    response = JsonResponse(body, status=problem.status, json_dumps_params={"ensure_ascii": False})
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Handlers for everything that an endpoint can raise.

    A request whose key wants to know what was refused to it carries `note_refusal`, called with the Problem.
    """
    for kind, problem_of in HANDLERS.items():
        api.add_exception_handler(kind, _handler(problem_of))
    api.add_exception_handler(Exception, failed)


def _handler(problem_of: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        problem = problem_of(error)
        if note := getattr(request, "note_refusal", None):
            note(problem)
        return as_response(problem)

    return answer


def failed(request: HttpRequest, error: Any) -> HttpResponse:
    """A fault of the program: logged under a reference that the caller gets, and nothing else."""
    reference = secrets.token_hex(4)
    log.error("%s %s failed [%s]", request.method, request.path, reference, exc_info=error)
    return as_response(
        Problem(
            "SERVER_ERROR",
            "程序出了意外的错，这次没有写入。",
            f"请把编号 {reference} 告诉系统管理员，日志里按它找。",
            status=500,
        )
    )


def not_here() -> Problem:
    """There is no such address."""
    return Problem("NOT_FOUND", "没有这个地址。", "地址见 /api/v1/openapi.json。", status=404)


def not_allowed(allowed: str) -> Problem:
    """The address is there, the method is not."""
    return Problem("METHOD_NOT_ALLOWED", "这个地址不能这样请求。", f"可以用 {allowed}。", status=405)


def unreadable() -> Problem:
    """The body is no JSON object, or no form."""
    return Problem(
        "BODY_UNREADABLE", "请求的内容读不出来。", "请发 UTF-8 编码的 JSON 对象；传文件用表单。", status=400
    )


def _too_big() -> Problem:
    return Problem("BODY_TOO_BIG", "请求的内容太大。", "请分几次发，或缩小文件。", status=413)


def _sign_in() -> Problem:
    return Problem(
        "SIGN_IN_REQUIRED",
        "没有密钥，也没有登录。",
        "请在请求头里写 Authorization: Bearer 密钥；密钥用 guanjia token create 发。",
        status=401,
    )


def _of_ninja(error: HttpError) -> Problem:
    """What the library itself refuses; our own parser's Problem stands behind it as its cause."""
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    if error.status_code == 400:
        return unreadable()
    return Problem("REQUEST_REFUSED", "请求没有被接受。", status=error.status_code)


def _invalid(errors: Iterable[dict[str, Any]]) -> Problem:
    found = [
        Problem("INPUT_INVALID", _words(one), "格式见 /api/v1/openapi.json。", field=_field(one))
        for one in errors
    ]
    return found[0] if len(found) == 1 else Problems(found)


def _field(error: dict[str, Any]) -> str:
    """`intake.urgent` for ("body", "body", "intake", "urgent"): without the source and our name for a whole body."""
    parts = [str(part) for part in error["loc"][1:]]
    return ".".join(parts[1:] if parts[:1] == ["body"] else parts)


_WORDS = {
    "missing": "缺少必填的一项",
    "extra_forbidden": "没有这一项",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_too_short": "太短，至少 {min_length} 个字",
    "too_long": "太多，最多 {max_length} 个",
    "string_pattern_mismatch": "格式不对",
    "string_type": "要填文字",
    "bool_type": "要填 true 或 false",
    "bool_parsing": "要填 true 或 false",
    "int_type": "要填整数",
    "int_parsing": "要填整数",
    "int_parsing_size": "数字太大",
    "int_from_float": "要填整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "dict_type": "要填一个对象",
    "model_type": "要填一个对象",
    "model_attributes_type": "要填一个对象",
    "list_type": "要填一个列表",
    "literal_error": "只能是 {expected}",
    "date_parsing": "要填日期，如 2026-03-24",
    "date_from_datetime_parsing": "要填日期，如 2026-03-24",
}


def _words(error: dict[str, Any]) -> str:
    """What a check of the input says, in Chinese."""
    known = defaultdict(str, {key: str(value) for key, value in (error.get("ctx") or {}).items()})
    text = _WORDS.get(error["type"], "格式不对").format_map(known)
    name = _field(error)
    return f"「{name}」{text}。" if name else f"请求的内容{text}。"


HANDLERS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    ValidationError: lambda error: _invalid(error.errors),
    AuthenticationError: lambda error: _sign_in(),
    HttpError: _of_ninja,
    Http404: lambda error: not_here(),
    RequestDataTooBig: lambda error: _too_big(),
    SuspiciousOperation: lambda error: unreadable(),
    MultiPartParserError: lambda error: unreadable(),
    UnreadablePostError: lambda error: unreadable(),
}
