"""Every process starts without the large modules that it may never need."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from guanjia.kernel.lazily import lazily

LARGE = ("pypinyin", "cn2an", "jieba")
STARTS = "import django, sys; django.setup(); import guanjia.config.urls; print([one for one in %r if one in sys.modules])"


@pytest.mark.server
def test_a_process_starts_without_them() -> None:
    told = subprocess.run(
        [sys.executable, "-c", STARTS % (LARGE,)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "guanjia.config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


def test_a_module_is_there_when_it_is_asked_for() -> None:
    load = lazily("colorsys")
    assert load() is load()
    assert load().__name__ == "colorsys"
    with pytest.raises(ImportError):
        lazily("no_such_module")()
