"""Answers as JSON that a person can read: Chinese is not escaped."""

from __future__ import annotations

from ninja.renderers import JSONRenderer


class Renderer(JSONRenderer):
    """JSON in UTF-8."""

    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012
