"""Settings of the tests: the product's own defaults, on a database and a data folder that are thrown away.

Only DATABASE_URL is taken from outside: it decides on which kind of database the tests run.
"""

from __future__ import annotations

import os
import tempfile

from guanjia.config.environment import TABLE

for setting in TABLE:
    if setting.name != "DATABASE_URL":
        os.environ.pop(setting.name, None)
if "GUANJIA_TEST_HOME" not in os.environ:  # processes of pytest-xdist inherit the folder of the first one
    _FOLDER = tempfile.TemporaryDirectory(prefix="guanjia-test-", ignore_cleanup_errors=True)
    os.environ["GUANJIA_TEST_HOME"] = _FOLDER.name
os.environ["GUANJIA_HOME"] = os.environ["GUANJIA_TEST_HOME"]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test

from guanjia.config.settings import *  # noqa: E402, F403
from guanjia.config.settings import DATABASES, HOME  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file: a live server, a worker and the test each need a connection of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
else:
    # What a test wrote need not outlive the server.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
