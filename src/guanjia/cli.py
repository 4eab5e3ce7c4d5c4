"""The command `guanjia`: every sub-command is a file in ops/management/commands.

Exit codes: 0 well, 1 an expected failure (said in one line, with what to do), 2 a wrong way of calling,
3 an unexpected failure (with what to send to whoever looks after the program), 130 interrupted, 141 nobody read on.
"""

from __future__ import annotations

import contextlib
import os
import pkgutil
import platform
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

import django
from django.core.management import execute_from_command_line, load_command_class
from django.db.utils import OperationalError, ProgrammingError

from guanjia.kernel.problem import Problem

VERSION = version("guanjia")
COMMANDS = Path(__file__).resolve().parent / "ops" / "management" / "commands"


def names() -> list[str]:
    """The sub-commands, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules([str(COMMANDS)]))


def overview() -> str:
    """What `guanjia help` prints: a line for each sub-command."""
    django.setup()
    lines = [f"guanjia {VERSION}", "", "用法：guanjia 子命令 [选项]；guanjia 子命令 --help 看详细说明。", ""]
    lines += [f"  {name:<12} {load_command_class('guanjia.ops', name).help}" for name in names()]
    lines += ["", "另有 Django 的命令，如 migrate、check、shell、changepassword。设置见 docs/operators.md。"]
    return "\n".join(lines) + "\n"


def report(error: Exception) -> str:
    """A text that can be sent as it is; it holds no settings and no data."""
    return (
        "".join(traceback.format_exception(error))
        + f"\nguanjia {VERSION}, Python {platform.python_version()}, Django {django.get_version()}, "
        + f"{platform.system()} {platform.machine()}\n程序出了意外的错。请把以上内容发给维护人员。\n"
    )


def run(arguments: list[str]) -> int:
    """Runs one command line without the program's name. The exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # `guanjia … | head` has read enough. What is still to be written at the end of the process goes nowhere.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code


def _run(arguments: list[str]) -> int:
    if arguments in ([], ["help"], ["--help"], ["-h"]):
        sys.stdout.write(overview())
        return 0
    if arguments == ["--version"]:
        sys.stdout.write(f"guanjia {VERSION}\n")
        return 0
    try:
        execute_from_command_line(["guanjia", *arguments])
    except Problem as problem:
        sys.stderr.write(f"{problem.message}{problem.hint}（{problem.code}）\n")
        return 1
    except (OperationalError, ProgrammingError) as error:
        sys.stderr.write(
            f"数据库用不了：{str(error).strip()}\n"
            "请检查 DATABASE_URL 与数据库是否在运行；第一次使用或升级之后，先运行 guanjia setup。（DATABASE）\n"
        )
        return 1
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断。\n")
        return 130
    except Exception as error:  # noqa: BLE001 - the last door: nothing above could tell the person anything
        sys.stderr.write(report(error))
        return 3
    return 0


def main() -> None:
    """Entry point of the console script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanjia.config.settings")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
