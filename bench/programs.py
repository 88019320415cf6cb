"""The programs, started and stopped, and what is known of them from outside."""

import argparse
import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from machine import LOAD, MEASURED, pinned

ROOT = Path(__file__).resolve().parent.parent
THIS, EARLIER, BLACKBOX = "this build", "earlier build", "blackbox_exporter"
TOKEN = "simulated-api-token"
PROJECTS = 500
MANY_PROJECTS = 10_000
HUGE_BYTES = 256 << 20
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
PATIENCE_SECONDS = 30
POLL_SECONDS = 0.0005


class BenchError(Exception):
    """The bench cannot go on; the message has the reason."""


@dataclass(frozen=True)
class Setting:
    """How Sentry answers; a module of each exporter."""

    module: str
    name: str
    tls: bool = False
    simulate: str = ""

    @property
    def headers(self):
        """What a request to the simulated Sentry is sent with."""
        simulate = {"X-Simulate": self.simulate} if self.simulate else {}
        return {"Authorization": f"Bearer {TOKEN}", **simulate}


PLAIN = Setting("plain", "no latency")
SLOW = Setting("slow", "20 ms", simulate="delay 20ms")
TLS = Setting("tls", "TLS, no latency", tls=True)
TLS_SLOW = Setting("tls_slow", "TLS, 20 ms", tls=True, simulate="delay 20ms")
DOWN = Setting("down", "HTTP 502", simulate="nginx 502")
SETTINGS = (PLAIN, SLOW, TLS, TLS_SLOW, DOWN)
HUGE = Setting("huge", f"{HUGE_BYTES >> 20} MB", simulate=f"huge {HUGE_BYTES}")


@dataclass(frozen=True)
class Bench:
    """What all measurements share. `builds` are folders of distributions of sentry_exporter."""

    builds: dict[str, Path]
    work: Path
    certificate: Path
    keystore: Path
    trusted: Path

    @property
    def programs(self):
        """All that are measured, in the order of a turn."""
        return [*self.builds, BLACKBOX]

    def versions(self):
        """The first line of each program's version."""
        commands = {BLACKBOX: ["prometheus-blackbox-exporter", "--version"]}
        for build, folder in self.builds.items():
            commands[build] = [folder / "sentry_exporter", "version"]
        return {
            name: subprocess.check_output(command, text=True).splitlines()[0]
            for name, command in commands.items()
        }

    def start(self, program, sentries):
        """The exporter with a module for each setting, HUGE too, of running simulated Sentries."""
        settings = [each for each in (*SETTINGS, HUGE) if each.tls in sentries]
        if program == BLACKBOX:
            return Blackbox(self, {each: sentries[each.tls].projects_url for each in settings})
        modules = [_http_module(each, sentries[each.tls].projects_url) for each in settings]
        return Ours(self, program, "modules:\n" + "".join(modules))


def prepare(builds, work):
    """Makes the simulated Sentry's certificate, and a file of it and those that systems trust."""
    keytool = [builds[THIS] / "runtime/bin/keytool"]
    store = ["-alias", "demo", "-keystore", work / "demo.p12", "-storepass", "changeit"]
    subject = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity", "2"]
    key = ["-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"]
    subprocess.run(keytool + key + store + subject, check=True, capture_output=True)
    certificate = subprocess.run(
        keytool + ["-exportcert", "-rfc"] + store, check=True, capture_output=True
    ).stdout
    (work / "demo.pem").write_bytes(certificate)
    bundle = SYSTEM_BUNDLE.read_bytes() if SYSTEM_BUNDLE.is_file() else b""
    (work / "trusted.pem").write_bytes(bundle + certificate)
    return Bench(builds, work, work / "demo.pem", work / "demo.p12", work / "trusted.pem")


class Process:
    """A started program. Leaving its context stops it."""

    def __init__(self, command, port, work, processors, environment):
        self.name = Path(command[0]).name
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = work / f"{self.name}-{port}.log"
        with open(self._log, "wb") as log, pinned(processors):
            self.started = time.monotonic()
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=work,
                env={**os.environ, **environment},
            )
        self.pid = self._popen.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._popen.terminate()
        try:
            self._popen.wait(15)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def first_answer(self, path, wanted):
        """Requests until the body contains `wanted`; seconds since the start of the program."""
        while time.monotonic() - self.started < PATIENCE_SECONDS:
            if not self.is_running():
                raise BenchError(f"{self.name} ended at once:\n{self.log()}")
            with contextlib.suppress(OSError):
                if wanted in get(self.port, path):
                    return time.monotonic() - self.started
            time.sleep(POLL_SECONDS)
        raise BenchError(f"{self.name} gave no good answer to {path}:\n{self.log()}")

    def is_running(self):
        return self._popen.poll() is None

    def log(self):
        return self._log.read_text()

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self):
        """User and system time of all its threads so far, to the nanosecond."""
        return time.clock_gettime((~self.pid << 3) | 2)  # CPUCLOCK_SCHED of another process

    def resident_mb(self):
        return self._megabytes("VmRSS")

    def peak_mb(self):
        """The most resident memory since the start or the last `forget_peak`."""
        return self._megabytes("VmHWM")

    def forget_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _megabytes(self, key):
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{key}:\s+(\d+) kB$", text, re.MULTILINE).group(1)) / 1024


class Sentry(Process):
    """The simulated Sentry of this build.

    `lag`: seconds that every other answer is behind, with events that are late as at Sentry."""

    def __init__(self, bench, tls=False, projects=PROJECTS, organizations=0, lag=0, port=None):
        port = port or free_port()
        self._context = ssl.create_default_context(cafile=bench.certificate) if tls else None
        build = bench.builds[THIS]
        command = [
            str(build / "runtime/bin/java"),
            "-Xmx2g",
            "-jar",
            str(next(build.glob("lib/sentry_simulator-*.jar"))),
            f"--listen-address=127.0.0.1:{port}",
            f"--projects={projects}",
            f"--organizations={organizations}",
            f"--lag={lag}",
        ]
        if tls:
            command.append(f"--keystore={bench.keystore}")
        super().__init__(command, port, bench.work, LOAD, {})
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self.projects_url = f"{self.url}/api/0/projects/"
        self._await()

    @staticmethod
    def around_target(_):
        return "/api/0/projects/", "/stats/"

    def requests(self):
        """Requests that have arrived so far."""
        with urllib.request.urlopen(
            self.url + "/-/requests", timeout=PATIENCE_SECONDS, context=self._context
        ) as answer:
            return json.load(answer)["total"]

    def fault(self, *rules):
        """From now on only these faults: each of a pattern of targets, in the simulator's words."""
        pairs = [pair for target, text in rules for pair in (("target", target), ("fault", text))]
        get(self.port, "/-/faults?" + urllib.parse.urlencode(pairs))

    def right(self, path):
        """The JSON of an answer without faults."""
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Simulate": "delay 0ms"}
        return json.loads(get(self.port, path, headers))

    def _await(self):
        while time.monotonic() - self.started < PATIENCE_SECONDS:
            with contextlib.suppress(OSError):
                self.requests()
                return
            time.sleep(0.01)
        raise BenchError("the simulated Sentry did not start")


class Ours(Process):
    """The packaged sentry_exporter."""

    success = b"\nsentry_probe_success 1"
    most_warm_up_seconds = float("inf")

    def __init__(self, bench, program, config, processors=MEASURED):
        port = free_port()
        self.file = bench.work / f"sentry_exporter-{port}.yml"
        self.file.write_text(config)
        environment = {"SSL_CERT_FILE": str(bench.trusted), "SSL_CERT_DIR": ""}
        if program != THIS:  # settings that are tried with JAVA_OPTS have it to compare with
            environment["JAVA_OPTS"] = ""
        super().__init__(
            [
                str(bench.builds[program] / "sentry_exporter"),
                f"--config.file={self.file}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            port,
            bench.work,
            processors,
            environment,
        )

    def around_target(self, setting):
        """The parts of a probe's path before and after the target."""
        return f"/probe?module={setting.module}&target=", ""

    def allocations(self):
        """Collections of the young generation so far, its size, and the bytes used of it."""
        page = get(self.port, "/metrics").decode()
        return (
            _sample(page, 'jvm_gc_collection_seconds_count{gc="Copy"}'),
            _sample(page, 'jvm_memory_pool_committed_bytes{pool="Eden Space"}'),
            _sample(page, 'jvm_memory_pool_used_bytes{pool="Eden Space"}'),
        )

    @staticmethod
    def allocated_bytes(before, after):
        """Each collection empties a full Eden; what is large goes elsewhere, and is not counted."""
        return (after[0] - before[0]) * after[1] + after[2] - before[2]


class Blackbox(Process):
    """Debian's blackbox_exporter."""

    success = b"\nprobe_success 1"
    most_warm_up_seconds = 5  # nothing is compiled

    def __init__(self, bench, urls):
        port = free_port()
        file = bench.work / f"blackbox-{port}.yml"
        modules = [_blackbox_module(setting, bench.certificate) for setting in urls]
        file.write_text("modules:\n" + "".join(modules))
        super().__init__(
            [
                "prometheus-blackbox-exporter",
                f"--config.file={file}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            port,
            bench.work,
            MEASURED,
            {},
        )
        self._urls = urls

    def around_target(self, setting):
        return f"/probe?module={setting.module}&target={self._urls[setting]}", "/stats/"

    def allocations(self):
        return _sample(get(self.port, "/metrics").decode(), "go_memstats_alloc_bytes_total")

    @staticmethod
    def allocated_bytes(before, after):
        return after - before


def get(port, path, headers=None, patience=PATIENCE_SECONDS):
    """The body of an answer of 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise BenchError(f"{path}: HTTP {answer.status}: {body[:200]!r}")
        return body
    except http.client.HTTPException as e:
        raise OSError(e) from e
    finally:
        connection.close()


def probe_path(exporter, setting, number):
    """The path of a probe of one of the projects, from any number."""
    before, after = exporter.around_target(setting)
    return f"{before}big/project-{number % PROJECTS + 1:04d}{after}"


def built():
    """The folder of the distribution, built if it is missing or old."""
    version = subprocess.run(
        [ROOT / "sentry_exporter", "version"], capture_output=True, text=True, check=False
    )
    if version.returncode != 0:
        raise BenchError("the exporter cannot be built:\n" + version.stderr)
    number = version.stdout.split("version ", 1)[1].split()[0]
    folders = list(ROOT.glob(f"target/sentry_exporter-{number}.linux-*/"))
    if len(folders) != 1:
        raise BenchError(f"not one distribution in target/: {folders}")
    return folders[0]


def folder(text):
    """The folder of a distribution, as an argument of a command."""
    if not Path(text, "sentry_exporter").is_file():
        raise argparse.ArgumentTypeError(f"{text} is no folder of a distribution")
    return Path(text).resolve()


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_config(sentry, modules):
    """A configuration with modules of `prober: sentry`, on answers that are kept throughout."""
    collectors = ("projects", "outcomes", "sessions", "issues", "monitors")
    kept = "{refresh_interval: 1h, max_stale: 2h}"
    settings = ", ".join(f"{name}: {kept}" for name in collectors)
    lines = [f"instances: {{default: {{url: '{sentry.url}', auth_token: {TOKEN}}}}}", "modules:"]
    for module in modules:
        lines.append(f"  {module}: {{prober: sentry, timeout: 110s, collectors: {{{settings}}}}}")
    return "\n".join(lines) + "\n"


def _sample(page, series):
    for line in page.splitlines():
        if line.startswith(series + " "):
            return float(line.rsplit(" ", 1)[1])
    raise BenchError(f"/metrics has no {series}")


def _headers(setting):
    return "{" + ", ".join(f"{name}: {value}" for name, value in setting.headers.items()) + "}"


def _http_module(setting, url):
    return f"""\
  {setting.module}:
    prober: http
    timeout: 30s
    http:
      prefix: {url}
      headers: {_headers(setting)}
"""


def _blackbox_module(setting, certificate):
    return f"""\
  {setting.module}:
    prober: http
    timeout: 30s
    http:
      preferred_ip_protocol: ip4
      headers: {_headers(setting)}
      tls_config: {{ca_file: {certificate}}}
"""
