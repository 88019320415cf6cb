"""Bursts of scrapes of large pages: what is answered, how much memory it takes, what /metrics does
meanwhile, and what the process keeps of it.

Started as a program it is a burst's client, in a process of its own."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass

from machine import PROCESSORS
from programs import THIS, BenchError, Ours, Sentry, get, own_config

FORMATS = {
    "text": "text/plain;version=0.0.4",
    "OpenMetrics": "application/openmetrics-text;version=1.0.0",
    "protobuf": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
    "encoding=delimited",
}
CODINGS = ("identity", "gzip")
SLOW_BYTES_PER_SECOND = 10_000
PAGES = 128
RECOVERY_SECONDS = 60


@dataclass(frozen=True)
class Kind:
    """Scrapes at the same time.

    `slow` is the share of readers at 10 KB/s, which lose their page at the scrape's timeout."""

    name: str
    projects: int
    scrapes: int
    path: str = "/probe?target=big&module=sentry"
    slow: float = 0
    timeout: int = 30


KINDS = (
    Kind("10,000 projects, 10 scrapes", 10_000, 10),
    Kind("1,000 projects, 128 scrapes of one page", 1_000, PAGES),
    Kind(
        "1,000 projects, 128 different pages, a third of the readers at 10 KB/s",
        1_000,
        PAGES,
        "/probe?target=big&module=m{}",
        slow=1 / 3,
    ),
)


@dataclass(frozen=True)
class Burst:
    """One burst. Seconds of `/metrics` are the most while it went on."""

    kind: str
    form: str
    coding: str
    whole: int
    refused: int
    lost: int
    seconds: float
    metrics_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Recovery:
    """Resident megabytes at 200 probes a minute: before bursts, most, and a minute after them."""

    before_mb: float
    peak_mb: float
    after_mb: float


def bursts(bench, _effort, _rows):
    """Every kind in every format and coding; the exporter must live through all of them."""
    found = []
    for projects in sorted({kind.projects for kind in KINDS}):
        with Sentry(bench, projects=projects) as sentry, _exporter(bench, sentry) as exporter:
            exporter.first_answer("/-/ready", b"")
            for form, accept in FORMATS.items():  # answers are there, and the code is warm
                get(exporter.port, KINDS[0].path, {"Accept": accept}, patience=120)
            for kind in (kind for kind in KINDS if kind.projects == projects):
                for form in FORMATS:
                    for coding in CODINGS:
                        found.append(_burst(exporter, kind, form, coding))
    return found


def recovery(bench, _effort, _rows):
    """What a process keeps of bursts: large pages, idle connections and slow readers."""
    with Sentry(bench, projects=1_000) as sentry, _exporter(bench, sentry) as exporter:
        exporter.first_answer("/-/ready", b"")
        _paced(exporter, 40)
        before = exporter.resident_mb()
        exporter.forget_peak()
        idle = [_connection(exporter.port) for _ in range(300)]
        half = [_connection(exporter.port, b"GET /probe HTTP/1.1\r\nHo") for _ in range(150)]
        _burst(exporter, KINDS[2], "text", "identity")
        _burst(exporter, KINDS[1], "protobuf", "gzip")
        for connection in idle + half:
            connection.close()
        peak = exporter.peak_mb()
        _paced(exporter, RECOVERY_SECONDS)
        return Recovery(before, peak, exporter.resident_mb())


def _exporter(bench, sentry):
    """This build on all processors, with a module for each page."""
    modules = ["sentry"] + [f"m{number}" for number in range(PAGES)]
    return Ours(bench, THIS, own_config(sentry, modules), PROCESSORS)


def _connection(port, data=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(data)
    return connection


def _paced(exporter, seconds):
    """200 probes a minute."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        get(exporter.port, "/probe?target=big/project-0001&module=sentry", patience=30)
        time.sleep(0.3)


def _burst(exporter, kind, form, coding):
    exporter.forget_peak()
    client = subprocess.Popen(
        [sys.executable, __file__, str(exporter.port), form, coding, json.dumps(asdict(kind))],
        stdout=subprocess.PIPE,
        text=True,
    )
    slowest = 0.0
    while client.poll() is None:
        begin = time.monotonic()
        get(exporter.port, "/metrics", patience=60)
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.1)
    if client.returncode != 0:
        raise BenchError("a burst's client failed")
    result = json.loads(client.stdout.read())
    if not exporter.is_running():
        raise BenchError(f"the exporter ended in a burst: {kind.name}, {form}, {coding}")
    return Burst(
        kind.name,
        form,
        coding,
        result["whole"],
        result["refused"],
        kind.scrapes - result["whole"] - result["refused"],
        result["seconds"],
        slowest,
        exporter.peak_mb(),
    )


async def scrape(port, path, accept, coding, timeout, slow):
    """The status and whether the page came whole, as a Prometheus with that timeout sees it."""
    connection = socket.socket()
    if slow:  # else the kernel's buffers take the page
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    limit = 1 << 12 if slow else 1 << 18
    reader, writer = await asyncio.open_connection(sock=connection, limit=limit)
    try:
        writer.write(
            (
                f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nAccept: {accept}\r\n"
                f"Accept-Encoding: {coding}\r\n"
                f"X-Prometheus-Scrape-Timeout-Seconds: {timeout}\r\n\r\n"
            ).encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while left > 0:
            data = await reader.read(SLOW_BYTES_PER_SECOND // 5 if slow else 1 << 18)
            if not data:
                break
            left -= len(data)
            if slow:
                await asyncio.sleep(0.2)
        return status, left == 0
    finally:
        writer.close()


async def _client(port, form, coding, kind):
    async def one(number):
        path = kind.path.replace("{}", str(number))
        slow = number < kind.scrapes * kind.slow
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            return await asyncio.wait_for(
                scrape(port, path, FORMATS[form], coding, kind.timeout, slow), kind.timeout
            )
        return 0, False

    begin = time.monotonic()
    seen = Counter(await asyncio.gather(*(one(number) for number in range(kind.scrapes))))
    print(
        json.dumps(
            {
                "whole": seen[200, True],
                "refused": seen[503, True],
                "seconds": time.monotonic() - begin,
            }
        )
    )


if __name__ == "__main__":
    _, its_port, its_form, its_coding, its_kind = sys.argv
    asyncio.run(_client(int(its_port), its_form, its_coding, Kind(**json.loads(its_kind))))
