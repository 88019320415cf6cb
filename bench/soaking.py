"""An exporter under load for long, with all that may go wrong around it at random, and what is
seen of it."""

import asyncio
import contextlib
import gzip
import http.client
import json
import random
import re
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bursts import FORMATS, scrape
from judging import Counters, Findings, Probes, Scrape, Truth, labels, messages, parsed, window
from judging import start as start_of
from programs import ROOT, THIS, TOKEN, BenchError, Ours, Sentry, get, say
from machine import PROCESSORS
from weather import LONGEST_SPELL_SECONDS, Weather

LAG_SECONDS = 30
"""What the simulated Sentry is behind with every other answer."""
REFRESH_SECONDS = 10
STALE_SECONDS = 60
TIMEOUT_SECONDS = 15
PATIENCE_SECONDS = 120
SLACK_SECONDS = LONGEST_SPELL_SECONDS + 2 * TIMEOUT_SECONDS
"""An answer may come so long after Sentry has counted: its process may have stood still."""
TRUTH_SECONDS = 15
LULL_SECONDS = 20
COLLECTORS = (
    "projects outcomes quota sessions releases issues monitors uptime client_keys".split()
)
MODULES = {"sentry": COLLECTORS, "day": ["outcomes", "sessions"], "slow": ["projects", "outcomes"]}
"""Modules of `prober: sentry` with their collectors; `day` counts by days, `slow` has a Sentry of
its own, each of whose answers takes a while."""
LEGACY = "legacy"
KINDS = {"sentry": "month", "slow": "month", "day": "day", LEGACY: "hour"}
"""From when the values of a module count."""
ORGANIZATIONS = 5
PROJECTS = 60
UNKNOWN = ("acme/none", "nobody", "nobody/nothing")
SCRAPERS = 6


@dataclass(frozen=True)
class Sample:
    """What the process holds, while nobody wants anything of it."""

    seconds: float
    heap_mb: float
    resident_mb: float
    threads: int
    descriptors: int


class Soak:
    """Runs in a context, in which it has its exporter and its Sentry."""

    def __init__(self, bench, seed, jcmd, scrapes_per_second):
        self._bench, self._seed, self._jcmd = bench, seed, jcmd
        self._pause = SCRAPERS / scrapes_per_second
        self._lock = threading.Lock()
        self._load, self._over = threading.Event(), threading.Event()
        self._at_work = 0
        self._counters = Counters()
        self._truths = {kind: Truth(kind, LAG_SECONDS, SLACK_SECONDS) for kind in KINDS.values()}
        self._probes = Probes(_families(), STALE_SECONDS + TIMEOUT_SECONDS)
        self.findings = Findings(say)
        self.done = Counter()
        self.samples = []
        self.peaks = Counter()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._sentry = stack.enter_context(
                Sentry(self._bench, False, PROJECTS, ORGANIZATIONS, LAG_SECONDS)
            )
            self._exporter = stack.enter_context(
                Ours(self._bench, THIS, self._config(0), PROCESSORS)
            )
            self._exporter.first_answer("/-/ready", b"")
            self._projects = {
                each["slug"]: {
                    project["id"]: project["slug"]
                    for project in self._sentry.right(
                        f"/api/0/organizations/{each['slug']}/projects/?all_projects=1&per_page=500"
                    )
                }
                for each in self._sentry.right("/api/0/organizations/")
            }
            self._targets = list(self._projects)
            for organization, projects in self._projects.items():
                self._targets += [f"{organization}/{slug}" for slug in projects.values()]
            self.weather = Weather(self._draw("weather"), self._sentry, self._truths.values())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *raised):
        self._stack.__exit__(*raised)

    def run(self, seconds, period):
        """Load for so long; a sample at the end of each `period`, after a lull."""
        self._warm_up()
        say("all pages have been requested once; now the load")
        began = time.monotonic()
        jobs = [*[self._scrapes] * SCRAPERS, self._hang_ups, self._slow_reads]
        jobs += [self._pages, self._reloads, self._spells, self._truth, self._watch]
        threads = [
            threading.Thread(target=self._guarded, args=(job, self._draw(f"{number}")))
            for number, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        try:
            while time.monotonic() - began < seconds and self._exporter.is_running():
                self._load.set()
                time.sleep(max(1.0, period - LULL_SECONDS))
                self._load.clear()
                self._sample(began)
        finally:
            self._over.set()
            self._load.set()
            for thread in threads:
                thread.join()
        if not self._exporter.is_running():
            self.findings.add(["the exporter ended: " + self._exporter.log()[-2000:]])
        for line in self._exporter.log().splitlines():
            if "level=ERROR" in line and 'msg="configuration error"' not in line:  # those are meant
                self.findings.add([line])
        self.done["values that agree with Sentry's"] = sum(
            truth.agreed for truth in self._truths.values()
        )
        self.done["requests to Sentry"] = self._sentry.requests()

    def _draw(self, name):
        return random.Random(f"{self._seed} {name}")

    def _warm_up(self):
        """While all is well, every organization by every module, so that each counter has its mark;
        then every page in every format, as those are kept."""

        def succeed(path):
            end = time.monotonic() + 300
            while time.monotonic() < end:
                with contextlib.suppress(BenchError):  # 503: no room for large pages yet
                    if b"\nsentry_probe_success 1" in get(self._exporter.port, path):
                        return
                time.sleep(1)
            raise BenchError(f"{path} does not succeed")

        def request(path_and_form):
            path, form = path_and_form
            with contextlib.suppress(BenchError):
                get(self._exporter.port, path, {"Accept": FORMATS[form]}, PATIENCE_SECONDS)

        paths = [f"/probe?target={each}&module={m}" for each in self._targets for m in MODULES]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(succeed, [path for path in paths if "/" not in path[1:]]))
            list(pool.map(request, [(path, form) for path in paths for form in FORMATS]))

    def _guarded(self, job, draw):
        """A job again and again, while there is load."""
        while not self._over.is_set():
            self._load.wait()
            if self._over.is_set():
                return
            with self._lock:
                self._at_work += 1
            try:
                job(draw)
            except Exception as e:  # noqa: BLE001: any bug of the soak is a finding, not the end
                self.findings.add([f"{job.__name__}: {type(e).__name__}: {e}"])
                time.sleep(1)
            finally:
                with self._lock:
                    self._at_work -= 1

    def _goes_on(self):
        return self._load.is_set() and not self._over.is_set()

    def _rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._goes_on():
            time.sleep(min(0.2, max(0.0, end - time.monotonic())))

    # What clients do.

    def _scrapes(self, draw):
        """Some scrapes on one connection."""
        connection = self._connection()
        with contextlib.closing(connection):
            for _ in range(draw.randint(1, 20)):
                if not self._goes_on():
                    return
                self._scrape(draw, connection)
                time.sleep(draw.expovariate(1 / self._pause))

    def _scrape(self, draw, connection):
        module = draw.choice([*MODULES, *MODULES, LEGACY])
        target = draw.choice(UNKNOWN if draw.random() < 0.01 else self._targets)
        if module == LEGACY and "/" not in target:
            target = "acme/web"
        form = draw.choice([*FORMATS, "text"])
        headers = {"Accept": FORMATS[form], "X-Prometheus-Scrape-Timeout-Seconds": "20"}
        if draw.random() < 0.5:
            headers["Accept-Encoding"] = "gzip"
        begin = time.time()
        connection.request(
            "GET", f"/probe?target={target}&module={module}", headers=headers
        )
        answer = connection.getresponse()
        body = answer.read()
        end = time.time()
        if answer.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if answer.status == 503:
            self.done["scrapes refused for want of room"] += 1
            return
        if answer.status != 200:
            self.findings.add([f"{target} of {module}: HTTP {answer.status}: {body[:200]!r}"])
            return
        self.done["scrapes"] += 1
        if form == "protobuf":
            messages(body)
            return
        values = parsed(body.decode(), form == "OpenMetrics")
        with self._lock:
            self._judge(Scrape(module, target, begin, end, values))

    def _hang_ups(self, draw):
        """A client that goes before it has its answer, politely or not."""
        with socket.create_connection(("127.0.0.1", self._exporter.port), 60) as client:
            target = draw.choice(self._targets)
            request = f"GET /probe?target={target} HTTP/1.1\r\nHost: soak\r\n\r\n"
            client.sendall(request[: draw.choice([5, 30, len(request)])].encode())
            if draw.random() < 0.5:
                client.settimeout(draw.uniform(0, 1))
                with contextlib.suppress(TimeoutError):
                    client.recv(draw.choice([1, 1000, 100_000]))
            if draw.random() < 0.5:  # a reset
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.done["clients that hung up"] += 1
        self._rest(draw.uniform(0, 2))

    def _slow_reads(self, draw):
        """A few clients at once that read large pages at 10 KB/s, up to their timeouts."""

        async def one():
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                await asyncio.wait_for(
                    scrape(
                        self._exporter.port,
                        "/probe?target=big",
                        FORMATS["text"],
                        "identity",
                        TIMEOUT_SECONDS,
                        True,
                    ),
                    TIMEOUT_SECONDS,
                )

        async def several():
            await asyncio.gather(*(one() for _ in range(4)))

        asyncio.run(several())
        self.done["clients that read slowly"] += 4
        self._rest(draw.uniform(0, 10))

    def _pages(self, draw):
        """The other pages."""
        begin = time.time()
        page = self._page("/metrics").decode()
        values = parsed(page)
        with self._lock:
            self.findings.add(self._counters.falls("/metrics", begin, time.time(), values))
        for path in ("/", "/-/healthy", "/-/ready", "/config"):
            if not self._page(path):
                self.findings.add([f"{path} is empty"])
        kind = draw.choice(["organization", "project"])
        with contextlib.suppress(BenchError):  # 503: there is no list
            listed = {
                target
                for group in json.loads(self._page(f"/sd?kind={kind}&module=sentry"))
                for target in [group["labels"]["__param_target"]]
            }
            wanted = {each for each in self._targets if ("/" in each) == (kind == "project")}
            missing = wanted - listed
            parts = _organizations(missing) & _organizations(listed)
            if listed - wanted or parts or (missing and not self.weather.refuses()):
                self.findings.add([f"/sd lists {sorted(listed ^ wanted)[:5]} wrongly"])
        self.done["other pages read"] += 6
        self._rest(draw.uniform(0, 3))

    def _connection(self):
        port = self._exporter.port
        return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def _page(self, path):
        headers = {"Accept": FORMATS["text"]}
        return get(self._exporter.port, path, headers, PATIENCE_SECONDS)

    def _reloads(self, draw):
        """Another configuration, or a bad one, which must change nothing."""
        self._rest(draw.uniform(5, 40))
        is_bad = draw.random() < 0.3
        text = "modules: [" if is_bad else self._config(draw.randint(0, 3))
        self._exporter.file.write_text(text)
        connection = self._connection()
        with contextlib.closing(connection):
            connection.request("POST", "/-/reload")
            answer = connection.getresponse()
            answer.read()
        if (answer.status == 200) == is_bad:
            self.findings.add([f"a reload: bad {is_bad}, HTTP {answer.status}"])
        self.done["reloads refused" if is_bad else "reloads"] += 1

    # What is around them.

    def _spells(self, _draw):
        self.weather.spell(self._goes_on)

    def _truth(self, _draw):
        """What Sentry counts, for every organization."""
        for organization, slugs in self._projects.items():
            for kind in ("month", "day"):
                with contextlib.suppress(OSError, BenchError):
                    begin = time.time()
                    counted = self._counted(organization, slugs, start_of(kind, begin), begin)
                    with self._lock:
                        truth = self._truths[kind]
                        self.findings.add(truth.counted(organization, begin, time.time(), counted))
            for slug in slugs.values():
                if not self._goes_on():
                    return
                if organization in ("acme", "globex"):
                    self._truth_of_hour(organization, slug)
        self._rest(TRUTH_SECONDS)

    def _counted(self, organization, slugs, start, now):
        fields = [("field", "sum(quantity)"), ("interval", "1d"), ("project", -1)]
        fields += [("groupBy", by) for by in ("outcome", "category", "project")]
        times = {"start": start, "end": now + 1}
        for name, at in times.items():
            fields.append((name, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))))
        query = urllib.parse.urlencode(fields)
        answer = self._sentry.right(f"/api/0/organizations/{organization}/stats_v2/?{query}")
        return {
            (
                slugs[str(group["by"]["project"])],
                group["by"]["category"],
                group["by"]["outcome"],
            ): group["totals"]["sum(quantity)"]
            for group in answer["groups"]
        }

    def _truth_of_hour(self, organization, slug):
        with contextlib.suppress(OSError, BenchError):
            begin = time.time()
            points = self._sentry.right(f"/api/0/projects/{organization}/{slug}/stats/")
            truth = self._truths["hour"]
            with self._lock:
                counted = {"received": points[-1][1]}
                scope = f"{organization}/{slug}"
                self.findings.add(truth.counted(scope, begin, time.time(), counted))

    def _watch(self, _draw):
        """The most that the process holds under load."""
        for name, value in (
            ("resident_mb", self._exporter.resident_mb()),
            ("threads", self._exporter.threads()),
            ("descriptors", self._exporter.descriptors()),
        ):
            self.peaks[name] = max(self.peaks[name], value)
        self._rest(2)

    # How it is judged.

    def _judge(self, scrape):
        kind = KINDS[scrape.module]
        of_window = window(kind, scrape.end)
        if scrape.module == LEGACY:
            self.findings.add(self._probes.of_http(scrape))
            self._judge_received(scrape)
            return
        self.findings.add(self._probes.of_collectors(scrape, MODULES[scrape.module]))
        self.done["probes without success"] += not scrape.values.get("sentry_probe_success")
        if of_window is None:
            return
        scope = f"{scrape.name} since {of_window:.0f}"
        self.findings.add(self._counters.falls(scope, scrape.begin, scrape.end, scrape.values))
        age = scrape.values.get('sentry_probe_data_age_seconds{collector="outcomes"}')
        if age is None:
            return
        for series, value in scrape.values.items():
            if series.startswith("sentry_outcomes_total{"):
                of = labels(series)
                key = of["project"], of["category"], of["outcome"]
                self._agree(kind, of["organization"], key, scrape, age, value)

    def _judge_received(self, scrape):
        value = scrape.values.get("sentry_probe_error_received")
        if value is not None and scrape.target.split("/")[0] in ("acme", "globex"):
            self._agree("hour", scrape.target, "received", scrape, 0, value)

    def _agree(self, kind, scope, key, scrape, age, value):
        fault = self._truths[kind].served(scope, key, scrape, age, value)
        if fault:
            self.findings.add([fault])

    def _sample(self, began):
        """Waits until nobody wants anything, collects, and takes a sample."""
        end = time.monotonic() + 60
        while self._at_work and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(LULL_SECONDS - 5)
        if not self._exporter.is_running():
            return
        for _ in range(2):
            self._command("GC.run")
        used = re.findall(r"^(?:DefNew|Tenured)\s+.*? used (\d+)K", self._command("GC.heap_info"),
                          re.MULTILINE)  # fmt: skip
        if len(used) != 2:
            raise BenchError("jcmd does not report the heap")
        sample = Sample(
            time.monotonic() - began,
            sum(map(int, used)) / 1024,
            self._exporter.resident_mb(),
            self._exporter.threads(),
            self._exporter.descriptors(),
        )
        self.samples.append(sample)
        say(f"{sample}, {self.done['scrapes']} scrapes, {self.findings.number} wrong")

    def _command(self, name):
        command = [self._jcmd, str(self._exporter.pid), name]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=2 * PATIENCE_SECONDS
        ).stdout

    def _config(self, variant):
        """One of several configurations, all with the same modules and instances, and more."""
        refresh = REFRESH_SECONDS + 5 * (variant % 2)
        kept = f"refresh_interval: {refresh}s, max_stale: {STALE_SECONDS}s"
        lines = [
            "instances:",
            f"  default: {{url: '{self._sentry.url}', auth_token: {TOKEN},",
            f"            rate_limit: {{max_concurrent: {4 + variant}}}}}",
            f"  slow: {{url: '{self._sentry.url}', auth_token: {TOKEN},",
            "         http_headers: {X-Simulate: {values: [delay 300ms]}}}",
            "modules:",
        ]
        for module, collectors in [*MODULES.items(), *[("extra", ["projects"])] * (variant > 1)]:
            lines.append(f"  {module}:")
            lines.append(f"    prober: sentry\n    timeout: {TIMEOUT_SECONDS}s")
            lines.append(f"    instance: {'slow' if module == 'slow' else 'default'}")
            lines.append("    collectors:")
            for collector in collectors:
                epoch = ", epoch: day" if module == "day" else ""
                lines.append(f"      {collector}: {{{kept}{epoch}}}")
        lines.append(f"  {LEGACY}: {{prober: http, timeout: 5s, http: {{")
        lines.append(f"    prefix: '{self._sentry.projects_url}',")
        lines.append(f"    headers: {{Authorization: Bearer {TOKEN}}}}}}}")
        return "\n".join(lines) + "\n"


def _organizations(targets):
    return {target.split("/")[0] for target in targets}


def _families():
    """The collector of each metric, as documented; none where the value is the configuration's."""
    families, collector = {}, None
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        if line.startswith("#"):
            heading = re.fullmatch(r"### Collector `(\w+)`", line)
            collector = heading[1] if heading else None
        metric = re.match(r"- `(\w+)", line)
        if collector and metric:
            is_configured = re.match("sentry_quota_(limit|period)", metric[1])
            families[metric[1]] = None if is_configured else collector
    return families
