"""Makes the pictures of docs/images/ from the demo company at one fixed moment: python scripts/screenshots.py

Needs a Chromium (GUANJIA_CHROMIUM names one). Takes some minutes; the same program gives the same pictures.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BIN = Path(sys.executable).parent
MOMENT = datetime(2026, 3, 24, 2, 42, 20, tzinfo=UTC)  # a Tuesday, 10:42 in the office
PASSWORD = "guanjia-demo"  # noqa: S105 - everybody knows it
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
MOST = 400 * 1024
LOOKUP = """
import json
from django.db.models import Count
from guanjia import clock
from guanjia.cases import actions
from guanjia.cases.models import Case
open_now = Case.objects.filter(office__code="huayuan", closed_at=None, facts__has_key="materials")
case = open_now.annotate(n=Count("attachments")).order_by("-n", "-opened_at").first()
agree = Case.objects.filter(office__code="huayuan", state="reconsent").order_by("-opened_at").first()
print(json.dumps({"case": case.number, "token": actions.invite(agree, agree.party, "act", clock.now())}))
"""


def stop_clock(home: Path) -> None:
    """The sandbox's clock shows the moment of the pictures from now on."""
    ahead = int((MOMENT - datetime.now(UTC)).total_seconds())
    (home / "sandbox-clock").write_text(str(ahead), "utf-8")


def guanjia(environment: dict[str, str], *words: str) -> str:
    """Runs a command of guanjia and returns what it says."""
    done = subprocess.run(
        [str(BIN / "guanjia"), *words], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def demo_company() -> Iterator[tuple[str, dict[str, str]]]:
    """(address of a server with the demo company, what the pictures need to know of it)."""
    with tempfile.TemporaryDirectory(prefix="guanjia-pictures-") as folder:
        home = Path(folder)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("GUANJIA_", "DATABASE_"))
        } | {"GUANJIA_HOME": folder, "GUANJIA_SANDBOX": "1", "GUANJIA_LOG_LEVEL": "ERROR"}
        stop_clock(home)
        guanjia(environment, "migrate", "--verbosity", "0")
        guanjia(environment, "demo")
        stop_clock(home)
        known = json.loads(guanjia(environment, "shell", "--verbosity", "0", "-c", LOOKUP).splitlines()[-1])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["granian", "--interface", "wsgi", "--port", str(port), "guanjia.config.wsgi:application"]
        server = subprocess.Popen([str(BIN / command[0]), *command[1:]], env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            stop_clock(home)
            yield address, known
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str) -> None:
    for _try in range(100):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def sit(browser: Browser, address: str, login: str, size: ViewportSize) -> Page:
    """Somebody signed in, in a window of that size."""
    small = size is PHONE
    context = browser.new_context(
        viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", device_scale_factor=2 if small else 1.5,
        is_mobile=small, has_touch=small,
    )  # fmt: skip
    page = context.new_page()
    if login:
        page.goto(f"{address}/login/")
        page.fill("#id_username", login)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
    return page


def keep(page: Page, name: str) -> None:
    """The window as docs/images/<name>.png, in full colour, or in 256 where that would be more than 400 KB."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    if path.stat().st_size > MOST:
        picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB\n")


def take(browser: Browser, address: str, known: dict[str, str]) -> None:
    """The five pictures."""
    desk = sit(browser, address, "zhoumin", DESK)
    desk.goto(f"{address}/desk/")
    desk.locator("#line").type("3-2-1502 王女士 厨房水管爆了 13800001234")
    desk.wait_for_selector(".clocks li")
    keep(desk, "desk")
    desk.goto(f"{address}/cases/{known['case']}/")
    keep(desk, "case")
    director = sit(browser, address, "linguodong", DESK)
    director.goto(f"{address}/director/")
    keep(director, "director")
    field = sit(browser, address, "tiandayong", PHONE)
    field.goto(f"{address}/field/")
    keep(field, "field")
    resident = sit(browser, address, "", PHONE)
    resident.goto(f"{address}/r/{known['token']}/")
    keep(resident, "resident")


def main() -> None:
    """Takes the pictures with the Chromium of this machine."""
    chromium = os.environ.get("GUANJIA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("no Chromium on this machine")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo_company() as (address, known), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        take(browser, address, known)
        browser.close()


if __name__ == "__main__":
    main()
