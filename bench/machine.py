"""The machine the bench runs on: what it is, and whether somebody else is using it."""

import os
import platform
import re
import time
from pathlib import Path

QUIET_SHARE = 0.10  # of all processors
LONGEST_WAIT_SECONDS = 60  # in one run of the bench, over all waits


def description(java):
    """Facts for the report; nothing that tells which machine it is."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "processors": f"{os.cpu_count()} × {model.group(1) if model else platform.machine()}",
        "memory": f"{int(memory.group(1)) / (1 << 20):.0f} GiB",
        "kernel": "Linux " + re.match(r"\d+\.\d+", platform.release()).group(),
        "Java": java,
    }


def busy_seconds():
    """Processor time spent by everybody since the machine started, waiting for disks left out."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Quiet:
    """Keeps counted runs apart from what others do on the machine, as far as patience reaches,
    and remembers how much of it was left."""

    def __init__(self):
        self._patience = LONGEST_WAIT_SECONDS
        self.foreign_shares = []

    def wait(self):
        """Waits until others use less than a tenth of the processors. Nothing of ours may run."""
        while True:
            before = busy_seconds()
            time.sleep(0.5)
            share = (busy_seconds() - before) / 0.5 / os.cpu_count()
            if share < QUIET_SHARE or self._patience <= 0:
                return
            self._patience -= 0.5

    def watch(self, own_seconds):
        """What others use while the block runs; `own_seconds` is the CPU time of our programs."""
        return _Watch(self, own_seconds)


class _Watch:
    def __init__(self, quiet, own_seconds):
        self._quiet = quiet
        self._own_seconds = own_seconds

    def __enter__(self):
        self._started = time.monotonic()
        self._before = busy_seconds() - self._own_seconds()

    def __exit__(self, *_):
        foreign = busy_seconds() - self._own_seconds() - self._before
        share = foreign / (time.monotonic() - self._started) / os.cpu_count()
        self._quiet.foreign_shares.append(max(0.0, share))
