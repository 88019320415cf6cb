"""Service discovery at scale: what /sd costs Sentry, how long it takes, and how large it is."""

import gzip
import http.client
import statistics
import time
from dataclasses import dataclass

from programs import MANY_PROJECTS, THIS, BenchError, Ours, Sentry, own_config

ORGANIZATIONS = 300
PATHS = {"organizations": "/sd", "projects": "/sd?kind=project"}


@dataclass(frozen=True)
class Lists:
    """Requests of one list of targets. Milliseconds are medians over the turns."""

    scale: str
    kind: str
    targets: int
    requests: int
    first_ms: float
    kept_gzip_ms: float
    kept_ms: float
    gzip_bytes: int
    bytes: int


def discovery(bench, effort, _rows):
    """The first list of a new process, and those that its answers serve. Lists of organizations
    come before those of projects, so that each kind shows what it adds."""
    found = []
    for scale, sizes in (
        (f"{MANY_PROJECTS:,} projects in one organization", {"projects": MANY_PROJECTS}),
        (f"{ORGANIZATIONS} organizations on one token", {"organizations": ORGANIZATIONS}),
    ):
        with Sentry(bench, **{"projects": 0, **sizes}) as sentry:
            turns = [_turn(bench, sentry) for _ in range(effort.turns)]
        for number, kind in enumerate(PATHS):
            each = [turn[number] for turn in turns]
            first, kept_gzip, kept = (
                statistics.median(lists[case] for lists in each) for case in range(3)
            )
            found.append(Lists(scale, kind, *each[0][3:5], first, kept_gzip, kept, *each[0][5:]))
    return found


def _turn(bench, sentry):
    with Ours(bench, THIS, own_config(sentry, ["sentry"])) as exporter:
        exporter.first_answer("/-/ready", b"")
        lists = []
        for path in PATHS.values():
            before = sentry.requests()
            first, _ = _list(exporter, path, "gzip")
            requests = sentry.requests() - before
            kept_gzip, small = _list(exporter, path, "gzip")
            kept, large = _list(exporter, path, "identity")
            if sentry.requests() - before != requests:
                raise BenchError("a list that was kept sent requests to Sentry")
            targets = gzip.decompress(small).count(b"__param_target")
            lists.append((first, kept_gzip, kept, targets, requests, len(small), len(large)))
        return lists


def _list(exporter, path, coding):
    """Milliseconds until a list is there, and its bytes as they were sent."""
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=120)
    begin = time.monotonic()
    connection.request("GET", path, headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    body = answer.read()
    milliseconds = (time.monotonic() - begin) * 1000
    connection.close()
    if answer.status != 200:
        raise BenchError(f"{path}: HTTP {answer.status}: {body[:200]!r}")
    return milliseconds, body
