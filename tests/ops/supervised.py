"""Run by test_supervisor.py in a process of its own: a supervisor over the parts named on the command line.

    python supervised.py GRACE NAME=CODE ...

Each CODE is Python; lines go to standard output.
"""

from __future__ import annotations

import sys

from guanjia.ops.supervisor import Part, Supervisor


def write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    pairs = [argument.split("=", 1) for argument in sys.argv[2:]]
    parts = [Part(name, (sys.executable, "-c", code)) for name, code in pairs]
    sys.exit(Supervisor(parts, write, grace=int(sys.argv[1])).run())
