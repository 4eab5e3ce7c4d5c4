"""The one expected error: what is wrong, what to do next, under a stable code."""

from __future__ import annotations


class Problem(Exception):
    """Something the person at a door can mend. Doors show it; nothing is written when it is raised.

    code: stable UPPER_SNAKE name, listed in docs/errors.md
    message: what is wrong, in Chinese
    hint: what to do next, in Chinese
    field: key of the input at fault, or ""
    clause: number of the clause that forbids it, or ""
    status: HTTP status for the doors
    """

    def __init__(
        self, code: str, message: str, hint: str = "", *, field: str = "", clause: str = "", status: int = 422
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.clause = clause
        self.status = status

    def __str__(self) -> str:
        return f"{self.message}{self.hint}"

    def as_dict(self) -> dict[str, str]:
        """The Problem as the API returns it."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "field": self.field,
            "clause": self.clause,
        }


class Problems(Problem):
    """Several fields at once, so that a form shows all its mistakes together."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(
            first.code, first.message, first.hint, field=first.field, clause=first.clause, status=first.status
        )
        self.problems = tuple(problems)
