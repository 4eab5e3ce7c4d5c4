"""`make reset`: throws the demo data away. Refuses a data folder that is not the clone's own, and production."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _running(lock: Path) -> bool:
    """True while `guanjia run` holds the lock of the folder."""
    if not lock.exists():
        return False
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def main() -> int:
    """0 when the folder is gone or was not there, 1 when it is not ours to delete."""
    home = Path(os.environ.get("GUANJIA_HOME") or ROOT / "var").resolve()
    if os.environ.get("DATABASE_URL") or os.environ.get("GUANJIA_PRODUCTION", "0") not in ("", "0"):
        sys.stderr.write(
            "make reset 只清空内置数据库的演示数据。请先取消 DATABASE_URL 和 GUANJIA_PRODUCTION。\n"
        )
        return 1
    if home != ROOT / "var":
        sys.stderr.write(f"make reset 只清空 var/。GUANJIA_HOME 指向 {home}，请自己删除。\n")
        return 1
    if _running(home / "run.lock"):
        sys.stderr.write("管家正在运行。先停掉它（Ctrl-C），再 make reset。\n")
        return 1
    shutil.rmtree(home, ignore_errors=True)
    sys.stdout.write("已清空 var/。再运行 make run，会重新建库并装入演示公司。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
