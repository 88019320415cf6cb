"""The machine: what it is, which processors measured programs and their load run on, and what
others use of it meanwhile."""

import contextlib
import os
import platform
import re
import resource
import time
from pathlib import Path

PROCESSORS = sorted(os.sched_getaffinity(0))
MEASURED = set(PROCESSORS[-1:])  # for the exporter alone
LOAD = set(PROCESSORS[:-1])  # for this program, wrk and the simulated Sentry


def description():
    """Facts for the report; nothing that identifies the machine."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "processors": f"{len(PROCESSORS)} × {model.group(1) if model else platform.machine()}",
        "memory": f"{int(memory.group(1)) / (1 << 20):.0f} GiB",
        "kernel": "Linux " + re.match(r"\d+\.\d+", platform.release()).group(),
    }


@contextlib.contextmanager
def pinned(processors):
    """Programs started meanwhile run on these processors only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Others:
    """What others than `processes` and this program use of the machine while the block runs: in
    `share`, after it. Programs that this one starts and ends meanwhile are none of the others."""

    def __init__(self, processes):
        self._processes = processes

    def __enter__(self):
        self._started = time.monotonic()
        self._before = self._foreign_seconds()
        return self

    def __exit__(self, *_):
        foreign = self._foreign_seconds() - self._before
        seconds = time.monotonic() - self._started
        self.share = max(0.0, foreign / seconds / os.cpu_count())

    def _foreign_seconds(self):
        own = sum(process.cpu_seconds() for process in self._processes)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            own += sum(resource.getrusage(who)[:2])
        return _busy_seconds() - own


def _busy_seconds():
    """Processor time spent by everybody since the machine started, waiting for disks left out."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
