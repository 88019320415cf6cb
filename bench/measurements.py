"""The measurements: each returns plain numbers, by program."""

import gzip
import http.client
import json
import resource
import statistics
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from programs import (
    LATENCY,
    MANY_PROJECTS,
    PLAIN,
    TLS,
    BenchError,
    Blackbox,
    Everything,
    Ours,
    Sentry,
    get,
    project,
)

PROGRAMS = (Ours, Blackbox)
CONNECTIONS = (1, 16, 64)
SETTINGS = (PLAIN, LATENCY, TLS)
SCRIPT = Path(__file__).parent / "probes.lua"
PROMETHEUS = {
    "Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "Accept-Encoding": "gzip",
    "User-Agent": "Prometheus/2.42.0",
    "X-Prometheus-Scrape-Timeout-Seconds": "10",
}


@dataclass(frozen=True)
class Effort:
    """How long everything takes."""

    starts: int
    idle_seconds: float
    warm_up_seconds: int
    rounds: int
    run_seconds: int
    paced_from_seconds: int
    paced_seconds: int


FULL = Effort(9, 10, 8, 3, 5, 120, 60)
QUICK = Effort(3, 3, 4, 1, 3, 15, 30)


@dataclass(frozen=True)
class Load:
    """One counted run."""

    probes: int
    seconds: float
    cpu_seconds: float
    upstream: int
    p50: float
    p99: float
    p999: float

    @property
    def cpu_per_1000(self):
        return self.cpu_seconds / self.probes * 1000

    @property
    def per_second(self):
        return self.probes / self.seconds

    @property
    def upstream_per_probe(self):
        return self.upstream / self.probes


def starts(bench, effort, quiet):
    """Milliseconds from the start of the program to its first answered probe, by setting name and
    program; the median of several starts, in turn."""
    result = {}
    for setting in (PLAIN, TLS):
        with Sentry(bench, setting) as sentry:
            times = {program: [] for program in PROGRAMS}
            for number in range(effort.starts + 1):
                for program in PROGRAMS:
                    quiet.wait()
                    with program(bench, sentry) as exporter:
                        seconds = exporter.first_answer(_path(exporter, 0), exporter.success)
                        if number > 0:  # the first reads its files from the disk
                            times[program].append(seconds * 1000)
            result[setting.name] = {
                program: statistics.median(each) for program, each in times.items()
            }
    return result


def idle_memory(bench, effort, quiet):
    """Resident and proportional megabytes some time after the first probe, by program."""
    with Sentry(bench, PLAIN) as sentry, ExitStack() as stack:
        exporters = {
            program: stack.enter_context(program(bench, sentry)) for program in PROGRAMS
        }
        for exporter in exporters.values():
            exporter.first_answer(_path(exporter, 0), exporter.success)
        time.sleep(effort.idle_seconds)
        return {
            program: (exporter.resident_mb(), exporter.proportional_mb())
            for program, exporter in exporters.items()
        }


def loads(bench, effort, quiet, progress):
    """Counted runs by setting name, connections and program, one of each program per round; and
    the memory of each program at 64 connections: most resident, resident and proportional after."""
    runs = {}
    memory = {}
    for setting in SETTINGS:
        with Sentry(bench, setting) as sentry, ExitStack() as stack:
            exporters = {
                program: stack.enter_context(program(bench, sentry)) for program in PROGRAMS
            }
            for exporter in exporters.values():
                exporter.first_answer(_path(exporter, 0), exporter.success)
                _wrk(exporter, 16, effort.warm_up_seconds)
            for connections in CONNECTIONS:
                for _ in range(effort.rounds):
                    for program, exporter in exporters.items():
                        quiet.wait()
                        run = _counted(exporter, sentry, connections, effort.run_seconds, quiet)
                        key = (setting.name, connections, program)
                        runs.setdefault(key, []).append(run)
                        progress(setting, connections, program, run)
            for program, exporter in exporters.items():
                memory[setting.name, program] = (
                    exporter.peak_mb(),
                    exporter.resident_mb(),
                    exporter.proportional_mb(),
                )
    return runs, memory


def paced(bench, effort, quiet):
    """CPU seconds of a minute at 200 probes a minute, by program; both at the same time, in turn."""
    period = 60 / 200 / len(PROGRAMS)
    with Sentry(bench, PLAIN) as sentry, ExitStack() as stack:
        exporters = [stack.enter_context(program(bench, sentry)) for program in PROGRAMS]
        connections = []
        for exporter in exporters:
            exporter.first_answer(_path(exporter, 0), exporter.success)
            connections.append(http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=30))
        begin = max(exporter.started for exporter in exporters)
        before = None
        number = 0
        while True:
            elapsed = time.monotonic() - begin
            if before is None and elapsed >= effort.paced_from_seconds:
                before = [exporter.cpu_seconds() for exporter in exporters]
            if elapsed >= effort.paced_from_seconds + effort.paced_seconds:
                break
            turn = number % len(exporters)
            _probe(connections[turn], exporters[turn], number // len(exporters))
            number += 1
            time.sleep(max(0.0, begin + number * period - time.monotonic()))
        return {
            program: (exporter.cpu_seconds() - start) * 60 / effort.paced_seconds
            for program, exporter, start in zip(PROGRAMS, exporters, before)
        }


def huge_answer(bench, effort, quiet):
    """Megabytes that resident memory grows by, at its peak, while Sentry sends 256 MB to one probe;
    by program."""
    growth = {}
    with Sentry(bench, PLAIN) as sentry:
        for program in PROGRAMS:
            with program(bench, sentry) as exporter:
                exporter.first_answer(_path(exporter, 0), exporter.success)
                for number in range(1, 50):
                    get(exporter.port, _path(exporter, number))
                before = exporter.resident_mb()
                exporter.forget_peak()
                get(exporter.port, exporter.huge_path)
                growth[program] = exporter.peak_mb() - before
    return growth


@dataclass(frozen=True)
class Scale:
    """An organization of many projects."""

    cold_seconds: float
    cold_requests: int
    warm_seconds: float
    page_bytes: int
    series: int
    sent_bytes: int
    peak_mb: float
    of_projects: Load
    of_drop_in: Load


def scale(bench, effort, quiet):
    """An organization of ten thousand projects: its own probe cold and warm, then probes of its
    projects at 16 connections, beside those of the drop-in."""
    with Sentry(bench, PLAIN, MANY_PROJECTS) as sentry, ExitStack() as stack:
        drop_in = stack.enter_context(Ours(bench, sentry))
        drop_in.first_answer(_path(drop_in, 0), drop_in.success)
        everything = stack.enter_context(Everything(bench, sentry))
        everything.first_answer("/-/ready", b"")
        quiet.wait()
        before = sentry.requests()
        cold, page, sent = _organization(everything)
        requests = sentry.requests() - before - 1
        warm, _, _ = _organization(everything)
        runs = {}
        for exporter in (drop_in, everything):
            _wrk(exporter, 16, effort.warm_up_seconds)
            quiet.wait()
            runs[exporter] = _counted(exporter, sentry, 16, effort.run_seconds, quiet)
        return Scale(
            cold_seconds=cold,
            cold_requests=requests,
            warm_seconds=warm,
            page_bytes=len(page),
            series=sum(1 for line in page.splitlines() if line and line[:1] != b"#"),
            sent_bytes=sent,
            peak_mb=everything.peak_mb(),
            of_projects=runs[everything],
            of_drop_in=runs[drop_in],
        )


def _organization(exporter):
    """Seconds that the organization's probe takes, its page, and the bytes that were sent."""
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=120)
    headers = PROMETHEUS | {"X-Prometheus-Scrape-Timeout-Seconds": "110"}
    begin = time.monotonic()
    connection.request("GET", exporter.organization_path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    seconds = time.monotonic() - begin
    connection.close()
    page = gzip.decompress(body)
    if exporter.success not in page:
        raise BenchError("the organization's probe does not succeed")
    return seconds, page, len(body)


def _path(exporter, number):
    before, after = exporter.path
    return before + project(number) + after


def _probe(connection, exporter, number):
    connection.request("GET", _path(exporter, number), headers=PROMETHEUS)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise BenchError(f"{exporter.name} answered HTTP {answer.status}")


def _counted(exporter, sentry, connections, seconds, quiet):
    upstream = sentry.requests()

    def own_seconds():
        wrk = resource.getrusage(resource.RUSAGE_CHILDREN)
        me = resource.getrusage(resource.RUSAGE_SELF)
        return exporter.cpu_seconds() + sentry.cpu_seconds() + sum(wrk[:2]) + sum(me[:2])

    with quiet.watch(own_seconds):
        cpu = exporter.cpu_seconds()
        result = _wrk(exporter, connections, seconds)
        cpu = exporter.cpu_seconds() - cpu
    if exporter.success not in get(exporter.port, _path(exporter, 0)):
        raise BenchError(f"{exporter.name}: probes fail")
    return Load(
        probes=result["probes"],
        seconds=result["seconds"],
        cpu_seconds=cpu,
        upstream=max(0, sentry.requests() - upstream - 1),  # less the probe just above
        p50=result["p50"],
        p99=result["p99"],
        p999=result["p999"],
    )


def _wrk(exporter, connections, seconds):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "-s", SCRIPT]
    url = f"http://127.0.0.1:{exporter.port}/"
    run = subprocess.run(
        command + [url, "--", *exporter.path], check=True, capture_output=True, text=True
    )
    result = json.loads(run.stdout.splitlines()[-1])
    if result["failed"] or not result["probes"]:
        raise BenchError(f"{exporter.name}: {result['failed']} requests failed under load")
    return result
