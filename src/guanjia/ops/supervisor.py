"""Keeps a group of processes running: starts, prefixes their output, restarts a crashed one, ends them all together.

One thread. Each child leads a process group of its own; when a child ends, whatever is left of its group is
killed, and where the kernel offers it (Linux) a child is told to end when this process dies of anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

PR_SET_PDEATHSIG = 1
LONGEST_WAIT = 30
STEADY = 60  # seconds of running after which a crash counts as the first again
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Part:
    """One process of the group: its name in the log, and its command."""

    name: str
    argv: tuple[str, ...]


@dataclass
class Child:
    """A part and its running process, or when it is to start again (seconds of the monotonic clock)."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    crashes: int = 0
    start_at: float = 0
    rest: bytes = field(default=b"")


def backoff(crashes: int) -> int:
    """Seconds to wait before the next start: 1, 2, 4, 8, 16, 30, 30 ..."""
    return min(LONGEST_WAIT, 2 ** min(crashes - 1, 10))


def _end_with_parent() -> None:
    """In the child, before its program starts."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs `parts` until it is told to stop by SIGTERM, SIGINT or SIGHUP."""

    def __init__(
        self,
        parts: list[Part],
        write: Callable[[str], object],
        *,
        environment: Mapping[str, str] | None = None,
        grace: float = 10,
        on_idle: Callable[[], None] = lambda: None,
    ) -> None:
        """`write` takes one line; `grace`: seconds between asking and killing; `on_idle` runs a few times a second."""
        self.children = [Child(part) for part in parts]
        self.write = write
        self.environment = {**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"}
        self.grace = grace
        self.on_idle = on_idle
        self.selector = selectors.DefaultSelector()
        self.signals = 0

    def run(self) -> int:
        """Blocks until everything has ended. 0 after an orderly stop, 1 when something had to be killed."""
        before = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        try:
            while not self.signals:
                self._start_due()
                self._pump(0.2)
                self._reap()
                self.on_idle()
            return self._stop()
        finally:
            for child in self.children:
                self._kill_group(child)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.start_at <= now:
                self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.part.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # safe: this process has one thread
        )
        child.started = time.monotonic()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _pump(self, seconds: float) -> None:
        """Passes on what the children wrote, whole lines at a time."""
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self.selector.select(seconds):
            chunk = os.read(key.fd, 65536)
            if chunk:
                self._lines(key.data, chunk)
            else:
                self.selector.unregister(key.fileobj)

    def _lines(self, child: Child, chunk: bytes) -> None:
        *lines, child.rest = (child.rest + chunk).split(b"\n")
        for line in lines:
            self.write(f"{child.part.name:<7}| {line.decode('utf-8', 'replace').rstrip()}")

    def _reap(self) -> None:
        """Notices who has ended, and plans the next start."""
        for child in self.children:
            if child.process is None or (code := child.process.poll()) is None:
                continue
            ran = time.monotonic() - child.started
            self._close(child)
            child.crashes = 1 if ran > STEADY else child.crashes + 1
            wait = backoff(child.crashes)
            child.start_at = time.monotonic() + wait
            self.write(f"{child.part.name:<7}| 意外结束（退出码 {code}），{wait} 秒后重新启动")

    def _close(self, child: Child) -> None:
        """Takes the last output, kills what is left of the group, forgets the process."""
        process = child.process
        assert process is not None and process.stdout is not None
        self._kill_group(child)
        if process.stdout in {key.fileobj for key in self.selector.get_map().values()}:
            self.selector.unregister(process.stdout)
            if rest := process.stdout.read():
                self._lines(child, rest)
        if child.rest:
            self._lines(child, b"\n")
        process.stdout.close()
        child.process = None

    def _kill_group(self, child: Child) -> None:
        if child.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def _stop(self) -> int:
        """Asks everybody to end; a second signal or the end of the grace kills."""
        self.write("正在停止……")
        running = [child for child in self.children if child.process is not None]
        for child in running:
            assert child.process is not None
            child.process.terminate()
        deadline = time.monotonic() + self.grace
        while running and time.monotonic() < deadline and self.signals < 2:
            self._pump(0.1)
            for child in list(running):
                assert child.process is not None
                if child.process.poll() is not None:
                    self._close(child)
                    running.remove(child)
        for child in running:
            self.write(f"{child.part.name:<7}| 没有按时结束，强制结束")
            self._close(child)
        self.write("已停止。")
        return 1 if running else 0
