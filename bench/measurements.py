"""The measurements: each adds a value to its rows for every turn and program."""

import contextlib
import gzip
import http.client
import json
import math
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from machine import Others
from programs import (
    DOWN,
    HUGE,
    MANY_PROJECTS,
    PLAIN,
    SETTINGS,
    THIS,
    TLS,
    BenchError,
    Ours,
    Sentry,
    Setting,
    get,
    own_config,
    probe_path,
)

CONNECTIONS = (16, 64)
KEPT = Setting("m0", "prober: sentry")
WARM_UP_SHARES = {PLAIN: 1, TLS: 1 / 5, DOWN: 1 / 5, KEPT: 1 / 5}
LEAST_REQUESTS = 0.98  # to Sentry per probe; fewer, and probes have shared answers
SCRIPT = Path(__file__).parent / "probes.lua"
PROMETHEUS = {
    "Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "Accept-Encoding": "gzip",
    "User-Agent": "Prometheus/2.42.0",
}
PERIOD_SECONDS = 60 / 200
PAGES = 2  # of the organization, rendered by each process


@dataclass(frozen=True)
class Effort:
    """How long everything takes."""

    turns: int
    warm_up_seconds: int
    run_seconds: int
    idle_seconds: int
    minute_seconds: int
    stagger_seconds: int


@dataclass(frozen=True)
class Row:
    """What is measured, in which case."""

    metric: str
    case: str
    unit: str
    digits: int = 0


class Rows:
    """Values by row and program, one for each turn, and what others used of the machine."""

    def __init__(self, progress):
        self.values = {}
        self.others = {}
        self._progress = progress

    def add(self, program, row, value, others):
        """Adds the value of a turn; `others` is the share of the machine that others used."""
        self.values.setdefault(row, {}).setdefault(program, []).append(value)
        self.others.setdefault(row, []).append(others)
        self._progress(
            f"  {row.metric}, {row.case}, {program}: {value:,.{row.digits}f} {row.unit}"
        )


def starts(bench, effort, rows):
    """From the start of a program to its first answered probe; and its memory some time later."""
    with Sentry(bench) as plain, Sentry(bench, tls=True) as tls:
        sentries = {False: plain, True: tls}
        for turn in range(-1, effort.turns):  # the first one reads files from the disk
            for setting in (PLAIN, TLS):
                row = Row("start to first answered probe", setting.name, "ms")
                for program in bench.programs:
                    with Others([plain, tls]) as others, bench.start(program, sentries) as exporter:
                        seconds = _first_probe(exporter, setting)
                    if turn >= 0:
                        rows.add(program, row, seconds * 1000, others.share)
        for _ in range(effort.turns):
            _idle(bench, sentries, effort, rows)


def _idle(bench, sentries, effort, rows):
    row = Row("resident memory", "idle", "MB")
    with Others(sentries.values()) as others, contextlib.ExitStack() as stack:
        started = {}
        for program in bench.programs:
            started[program] = stack.enter_context(bench.start(program, sentries))
            _first_probe(started[program], PLAIN)
        time.sleep(effort.idle_seconds)
        memory = {program: exporter.resident_mb() for program, exporter in started.items()}
    for program, megabytes in memory.items():
        rows.add(program, row, megabytes, others.share)


def loads(bench, effort, rows):
    """Probes under load, and the memory after it. New processes in each turn: what Java's compiler
    makes of the same code differs from one to the next. Those of a turn are loaded in alternation,
    in short runs, so that a slower minute of the machine is one of all programs."""
    with Sentry(bench) as plain, Sentry(bench, tls=True) as tls:
        for _ in range(effort.turns):
            with contextlib.ExitStack() as stack:
                exporters = {}
                for program in bench.programs:
                    exporter = stack.enter_context(bench.start(program, {False: plain, True: tls}))
                    _first_probe(exporter, PLAIN)
                    exporters[program] = exporter
                for setting in SETTINGS:
                    if setting in WARM_UP_SHARES:
                        for exporter in exporters.values():
                            _warm_up(exporter, setting, effort)
                    for connections in CONNECTIONS:
                        sentry = tls if setting.tls else plain
                        _load(exporters, sentry, setting, connections, effort, rows)
                        if setting.simulate.startswith("delay"):
                            _load_sentry(sentry, setting, connections, effort, rows)
                for program, exporter in exporters.items():
                    for case, memory in (
                        ("after load", exporter.resident_mb()),
                        ("most", exporter.peak_mb()),
                    ):
                        rows.add(program, Row("resident memory", case, "MB"), memory, 0)


def _load(exporters, sentry, setting, connections, effort, rows):
    """One load on each program, in runs of a second that alternate."""
    loads = {
        program: Load(exporter, sentry, setting, connections)
        for program, exporter in exporters.items()
    }
    for _ in range(effort.run_seconds):
        for load in loads.values():
            load.run(1)
    for program, load in loads.items():
        load.add(program, f"{setting.name}, {connections} clients", rows)


def _load_sentry(sentry, setting, connections, effort, rows):
    """The same load on Sentry itself: no exporter can answer earlier."""
    with Others([sentry]) as others:
        result = _wrk(sentry, setting, connections, effort.run_seconds, setting.headers)
    row = Row("p99 of Sentry itself", f"{setting.name}, {connections} clients", "ms", 1)
    rows.add(THIS, row, result["p99"], others.share)


class Load:
    """Counted runs of one load on one program."""

    def __init__(self, exporter, sentry, setting, connections):
        self._exporter = exporter
        self._sentry = sentry
        self._setting = setting
        self._connections = connections
        self._runs = []

    def run(self, seconds):
        exporter = self._exporter
        requests = self._sentry.requests()
        allocations = exporter.allocations()
        with Others([exporter, self._sentry]) as others:
            cpu = exporter.cpu_seconds()
            result = _wrk(exporter, self._setting, self._connections, seconds)
            cpu = exporter.cpu_seconds() - cpu
        probes = result["probes"]
        if not probes:
            raise BenchError(f"{exporter.name}: no probe was answered under load")
        sent = self._sentry.requests() - requests
        if self._setting != KEPT and sent < LEAST_REQUESTS * probes:
            raise BenchError(f"{exporter.name}: fewer requests to Sentry than probes")
        allocated = exporter.allocated_bytes(allocations, exporter.allocations())
        page = get(exporter.port, probe_path(exporter, self._setting, 0))
        if (exporter.success in page) == (self._setting == DOWN):
            raise BenchError(f"{exporter.name}: not what {self._setting.name} leads to: {page}")
        self._runs.append(
            (cpu / probes * 1000, result["p99"], allocated / probes / 1000, others.share)
        )

    def add(self, program, case, rows):
        """Adds the medians of the runs."""
        cpu, p99, allocated, others = (statistics.median(values) for values in zip(*self._runs))
        for row, value in (
            (Row("CPU per 1,000 probes", case, "s", 3), cpu),
            (Row("p99", case, "ms", 1), p99),
            (Row("allocated per probe", case, "KB", 1), allocated),
        ):
            rows.add(program, row, value, others)


def minutes(bench, effort, rows):
    """CPU of the first minutes at 200 probes a minute, the start in the first. The processes of all
    turns run at the same time, each started some seconds after the last."""
    with (
        Sentry(bench) as sentry,
        Others([sentry]) as others,
        ThreadPoolExecutor(effort.turns * len(bench.programs)) as pool,
        contextlib.ExitStack() as stack,
    ):
        running = []
        for program in bench.programs * effort.turns:
            exporter = stack.enter_context(bench.start(program, {False: sentry}))
            _first_probe(exporter, PLAIN)
            running.append((program, pool.submit(_minutes, exporter, effort.minute_seconds)))
            time.sleep(effort.stagger_seconds)
        found = [(program, each.result()) for program, each in running]
    for program, seconds in found:
        for number, each in enumerate(seconds, 1):
            row = Row("CPU at 200 probes a minute", f"minute {number} after the start", "s", 2)
            rows.add(program, row, each * 60 / effort.minute_seconds, others.share)


def _minutes(exporter, minute_seconds):
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=30)
    cpu = [0.0]
    number = 0
    while len(cpu) <= 3:
        connection.request("GET", probe_path(exporter, PLAIN, number), headers=PROMETHEUS)
        connection.getresponse().read()
        number += 1
        time.sleep(max(0.0, exporter.started + number * PERIOD_SECONDS - time.monotonic()))
        if time.monotonic() - exporter.started >= minute_seconds * len(cpu):
            cpu.append(exporter.cpu_seconds())
    return [after - before for before, after in zip(cpu, cpu[1:])]


def huge(bench, effort, rows):
    """What resident memory grows by, at its peak, while Sentry sends a lot to one probe."""
    row = Row("growth of resident memory", f"Sentry sends {HUGE.name} to a probe", "MB")
    with Sentry(bench) as sentry:
        for program in bench.programs * effort.turns:
            with bench.start(program, {False: sentry}) as exporter:
                _first_probe(exporter, PLAIN)
                _wrk(exporter, PLAIN, 1, 1)
                before = exporter.resident_mb()
                exporter.forget_peak()
                with Others([sentry, exporter]) as others:
                    get(exporter.port, probe_path(exporter, HUGE, 0))
                rows.add(program, row, max(0.0, exporter.peak_mb() - before), others.share)


def pages(bench, effort, rows):
    """The page of an organization of ten thousand projects: the first of all, which requests
    everything, then those of other modules, which are rendered from the same answers. And probes
    of its projects."""
    modules = [f"m{number}" for number in range(PAGES + 1)]
    with Sentry(bench, projects=MANY_PROJECTS) as sentry:
        config = own_config(sentry, modules)
        with Ours(bench, THIS, config) as first:  # warms Sentry up
            first.first_answer("/-/ready", b"")
            _page(first, "m0", "gzip")
        for program in [*bench.builds] * effort.turns:
            with Ours(bench, program, config) as exporter:
                exporter.first_answer("/-/ready", b"")
                with Others([sentry, exporter]) as others:
                    found = {"first after the start": [_page(exporter, "m0", "gzip")]}
                    for module in modules[1:]:
                        for case, coding in (
                            ("first after a refresh", "gzip"),
                            ("kept page", "gzip"),
                            ("kept page, identity", "identity"),
                        ):
                            found.setdefault(case, []).append(_page(exporter, module, coding))
                metric = f"page of {MANY_PROJECTS:,} projects"
                for case, each in found.items():
                    seconds, cpu = (statistics.median(values) for values in zip(*each))
                    rows.add(program, Row(metric, case, "s", 2), seconds, others.share)
                    rows.add(program, Row(f"CPU of a {metric}", case, "s", 2), cpu, others.share)
                rows.add(program, Row("resident memory", f"most, {metric}", "MB"),
                         exporter.peak_mb(), others.share)  # fmt: skip
                _warm_up(exporter, KEPT, effort)
                _load({program: exporter}, sentry, KEPT, CONNECTIONS[0], effort, rows)


def _page(exporter, module, coding):
    """Seconds until a page is there, and the exporter's CPU seconds for it."""
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=120)
    headers = PROMETHEUS | {
        "Accept-Encoding": coding,
        "X-Prometheus-Scrape-Timeout-Seconds": "110",
    }
    cpu = exporter.cpu_seconds()
    begin = time.monotonic()
    connection.request("GET", f"/probe?target=big&module={module}", headers=headers)
    body = connection.getresponse().read()
    seconds = time.monotonic() - begin
    cpu = exporter.cpu_seconds() - cpu
    connection.close()
    page = gzip.decompress(body) if coding == "gzip" else body
    if exporter.success not in page:
        raise BenchError("the probe of an organization does not succeed")
    return seconds, cpu


def _first_probe(exporter, setting):
    return exporter.first_answer(probe_path(exporter, setting, 0), exporter.success)


def _warm_up(exporter, setting, effort):
    seconds = min(effort.warm_up_seconds, exporter.most_warm_up_seconds)
    _wrk(exporter, setting, CONNECTIONS[0], math.ceil(seconds * WARM_UP_SHARES[setting]))


def _wrk(server, setting, connections, seconds, headers=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "-s", SCRIPT]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    command += [server.url, "--", *server.around_target(setting)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    if run.returncode != 0:
        raise BenchError(f"wrk: {run.stdout}{run.stderr}")
    result = json.loads(run.stdout.splitlines()[-1])
    if result["failed"]:
        raise BenchError(f"{server.name}: {result['failed']} requests failed under load")
    return result
