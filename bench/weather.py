"""What a soak does to the Sentry of its exporter, at random."""

import contextlib
import json
import os
import signal
import time

from judging import start
from programs import BenchError

LONGEST_SPELL_SECONDS = 30
LIST_SECONDS = 600
EVERYTHING = ""
TARGETS = (
    EVERYTHING,
    EVERYTHING,
    "/stats_v2/",
    "/sessions/",
    "/issues/",
    "/organizations/$",
    "/organizations/[^/]+/projects/",
    "/projects/[^/]+/[^/]+/stats/",
    "/organizations/(acme|big)/",
    "/organizations/organization-",
)
FAULTS = {
    "slow": ("delay 500ms", "delay 3s", "delay 10s", "drip 400 50ms", "chunked"),
    "lying": (
        "html-login",
        "garbage empty",
        "garbage cut-short",
        "garbage object",
        "garbage deep",
        "garbage null",
        "truncated",
        "wrong-length",
        "broken-chunk",
        "not-http",
    ),
    "absent": (
        "reset",
        "reset-after-headers",
        "hang",
        "hang-after-headers",
        "nginx 502",
        "nginx 504",
        "status 503",
        "error 500-internal",
    ),
    "throttling": (
        "429 window",
        "429 concurrent",
        "429 retry-after 3s",
        "429 retry-date 20s",
        "error 429-snuba",
        "error 429-apigateway",
    ),
    "refusing": (
        "error 401-invalid-token",
        "error 403-permission",
        "error 404-resource",
        "status 404",
        "redirect loop",
        "redirect http://127.0.0.1:1/elsewhere",
    ),
    "bloated": ("huge 40000000", "gzip-bomb 100000000"),
}
FROZEN, FORGETFUL, MIXED, FAIR = "frozen", "forgetful", "mixed", "fair"
KINDS = (*FAULTS, "slow", "absent", "throttling", MIXED, FROZEN, FORGETFUL, *[FAIR] * 5)
"""A `frozen` Sentry's process stands still; a `forgetful` one reports the counts of an organization
as none. The rest is as its faults are."""


class Weather:
    """Draws what Sentry does for some seconds. `truths` are those of its counts."""

    def __init__(self, draw, sentry, truths):
        self._draw, self._sentry, self._truths = draw, sentry, truths
        self._refusing = 0
        self.spells = dict.fromkeys([*FAULTS, MIXED, FROZEN, FORGETFUL, FAIR], 0)

    def spell(self, goes_on):
        """One of them, to its end or while `goes_on()`."""
        kind = self._draw.choice(KINDS)
        self.spells[kind] += 1
        seconds = self._draw.uniform(3, LONGEST_SPELL_SECONDS)
        end = time.monotonic() + seconds
        if kind == FORGETFUL:  # known to the judge before it begins
            for truth in self._truths:
                truth.lied(time.time(), time.time() + seconds + 20)
        if kind in ("refusing", MIXED):
            self._refusing = end + LIST_SECONDS
        try:
            with contextlib.suppress(OSError, BenchError):
                self._begin(kind)
            while time.monotonic() < end and goes_on():
                time.sleep(0.2)
        finally:
            if kind == FROZEN:
                os.kill(self._sentry.pid, signal.SIGCONT)
            self._clear()

    def refuses(self):
        """Whether Sentry refuses organizations, or did so lately: a client that is new then lists
        them not before it reads its list of them again."""
        return time.monotonic() < self._refusing

    def _begin(self, kind):
        match kind:
            case "fair":
                pass
            case "frozen":
                os.kill(self._sentry.pid, signal.SIGSTOP)
            case "forgetful":
                self._sentry.fault(("/stats_v2/", "body 200 application/json " + _no_events()))
            case "mixed":
                self._sentry.fault(*(self._fault(self._any()) for _ in range(3)))
            case _:
                self._sentry.fault(self._fault(kind))

    def _any(self):
        return self._draw.choice(list(FAULTS))

    def _fault(self, kind):
        return self._draw.choice(TARGETS), self._draw.choice(FAULTS[kind])

    def _clear(self):
        for _ in range(20):
            with contextlib.suppress(OSError):
                self._sentry.fault()
                return
        raise BenchError("the simulated Sentry does not end its faults")


def _no_events():
    """The answer of a Sentry that has lost the month's events."""
    now = time.time()
    days = [start("month", now), start("day", now) + 86_400]
    begin, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(day)) for day in days)
    return json.dumps({"start": begin, "end": end, "intervals": [], "groups": []})
