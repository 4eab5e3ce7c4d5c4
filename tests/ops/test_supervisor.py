"""The group of processes: restarted one by one, ended together, never orphaned."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guanjia.ops.supervisor import LONGEST_WAIT, backoff

pytestmark = pytest.mark.server

SLEEPER = "import os, time; print('pid', os.getpid()); time.sleep(600)"
STUBBORN = (
    "import os, signal, time; signal.signal(15, signal.SIG_IGN); print('pid', os.getpid()); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('pid', child.pid); "
)


class Group:
    """The supervising process of a test."""

    def __init__(self, *parts: str, grace: int = 20) -> None:
        script = Path(__file__).with_name("supervised.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(grace), *parts], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.lines: list[str] = []
        self.guard = threading.Timer(60, self.process.kill)  # a supervisor that hangs ends its test
        self.guard.start()

    def until(self, pattern: str) -> re.Match[str]:
        """The next line that matches; fails when the output ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"no line with {pattern!r} in:\n{''.join(self.lines)}")

    def pid(self, name: str) -> int:
        return int(self.until(rf"^{name} *\| pid (\d+)")[1])

    def finish(self, number: int) -> int:
        """Sends a signal; the exit code once the output has ended."""
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.lines += self.process.stdout.readlines()
        return self.process.wait()


@pytest.fixture
def start() -> Iterator[Callable[..., Group]]:
    groups: list[Group] = []

    def make(*parts: str, grace: int = 20) -> Group:
        groups.append(Group(*parts, grace=grace))
        return groups[-1]

    yield make
    for group in groups:
        group.guard.cancel()
        group.process.kill()
        group.process.wait()


def gone(pid: int) -> bool:
    """Waits until the process has ended; a zombie that nobody has fetched counts as ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        return bool(select.select([file], [], [], 30)[0])


def test_waits_grow_and_are_bounded() -> None:
    assert [backoff(crashes) for crashes in (1, 2, 3, 4, 5, 6, 100)] == [1, 2, 4, 8, 16, 30, LONGEST_WAIT]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ends_all_on_a_signal(start: Callable[..., Group], number: int) -> None:
    group = start(f"web={SLEEPER}", f"worker={SLEEPER}")
    pids = {int(group.until(r"pid (\d+)")[1]) for _ in range(2)}
    assert group.finish(number) == 0
    assert len(pids) == 2 and all(gone(pid) for pid in pids)


def test_starts_a_crashed_one_again_and_leaves_the_others(
    start: Callable[..., Group], tmp_path: Path
) -> None:
    mark = tmp_path / "crashed"
    once = (
        f"import pathlib, sys; p = pathlib.Path({str(mark)!r}); q = p.exists(); p.touch(); q or sys.exit(7); "
    )
    group = start(f"worker={once}{SLEEPER}")
    assert group.until(r"退出码 (\d+)")[1] == "7"
    second = group.pid("worker")
    assert group.finish(signal.SIGTERM) == 0
    assert gone(second)


def test_kills_what_does_not_end(start: Callable[..., Group]) -> None:
    group = start(f"web={STUBBORN}", grace=1)
    pid = group.pid("web")
    assert group.finish(signal.SIGTERM) == 1
    assert gone(pid)


def test_a_second_signal_kills_at_once(start: Callable[..., Group]) -> None:
    group = start(f"web={STUBBORN}", grace=600)
    pid = group.pid("web")
    group.process.send_signal(signal.SIGTERM)
    group.until("正在停止")
    assert group.finish(signal.SIGTERM) == 1
    assert gone(pid)


def test_takes_the_children_of_a_crashed_one_along(start: Callable[..., Group]) -> None:
    group = start(f"web={PARENT}sys.exit(3)")
    grandchild = group.pid("web")
    group.until("退出码 3")
    assert gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_leaves_no_orphan_when_killed_itself(start: Callable[..., Group]) -> None:
    group = start(f"web={SLEEPER}")
    pid = group.pid("web")
    group.process.kill()
    assert gone(pid)


def test_output_without_an_end_of_line_is_kept(start: Callable[..., Group]) -> None:
    group = start("worker=import sys; sys.stdout.write('half a line')")
    group.until(r"^worker *\| half a line$")
