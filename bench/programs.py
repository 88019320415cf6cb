"""The programs that are measured, started and stopped, and what the kernel knows of them."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

TOKEN = "simulated-api-token"
PROJECTS = 500
MANY_PROJECTS = 10_000
HUGE_BYTES = 256 << 20
PATIENCE_SECONDS = 30
POLL_SECONDS = 0.0005


class BenchError(Exception):
    """The bench cannot go on; the message says why."""


@dataclass(frozen=True)
class Setting:
    """How the simulated Sentry answers."""

    name: str
    latency_millis: int = 0
    tls: bool = False


PLAIN = Setting("no latency")
LATENCY = Setting("20 ms latency", latency_millis=20)
TLS = Setting("TLS", tls=True)


class Process:
    """A started program. Leaving its context stops it."""

    def __init__(self, command, port, work, environment=None):
        self.name = Path(command[0]).name
        self.port = port
        self._log = work / f"{self.name}-{port}.log"
        self.started = time.monotonic()
        with open(self._log, "wb") as log:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=work,
                env={**os.environ, **(environment or {})},
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
        """Asks until the answer's body contains `wanted`; seconds since the start of the program."""
        while time.monotonic() - self.started < PATIENCE_SECONDS:
            if self._popen.poll() is not None:
                raise BenchError(f"{self.name} ended at once:\n{self._log.read_text()}")
            with contextlib.suppress(OSError):
                if wanted in get(self.port, path):
                    return time.monotonic() - self.started
            time.sleep(POLL_SECONDS)
        raise BenchError(f"{self.name} gave no good answer to {path}:\n{self._log.read_text()}")

    def is_running(self):
        return self._popen.poll() is None

    def cpu_seconds(self):
        """User and system time of all its threads so far, to the nanosecond."""
        return time.clock_gettime((~self.pid << 3) | 2)  # CPUCLOCK_SCHED of another process

    def resident_mb(self):
        return self._kilobytes("status", "VmRSS") / 1024

    def proportional_mb(self):
        return self._kilobytes("smaps_rollup", "Pss") / 1024

    def peak_mb(self):
        """The most resident memory since the start or the last `forget_peak`."""
        return self._kilobytes("status", "VmHWM") / 1024

    def forget_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _kilobytes(self, file, key):
        text = Path(f"/proc/{self.pid}/{file}").read_text()
        return int(re.search(rf"^{key}:\s+(\d+) kB$", text, re.MULTILINE).group(1))


class Sentry(Process):
    """The simulated Sentry."""

    def __init__(self, bench, setting, projects=PROJECTS):
        port = free_port()
        self.setting = setting
        self._context = ssl.create_default_context(cafile=bench.certificate) if setting.tls else None
        command = [
            str(bench.sentry_launcher),
            "demo",
            "--sentry.only",
            f"--sentry.listen-address=127.0.0.1:{port}",
            f"--sentry.projects={projects}",
            f"--sentry.latency={setting.latency_millis}",
        ]
        if setting.tls:
            command.append(f"--sentry.keystore={bench.keystore}")
        # Not the options that are being tried on the exporter.
        options = "-Xmx2g" if projects > PROJECTS else ""
        super().__init__(command, port, bench.work, {"JAVA_OPTS": options})
        self.url = f"{'https' if setting.tls else 'http'}://127.0.0.1:{port}"
        self._await()

    def requests(self):
        """Requests that have arrived so far."""
        with urllib.request.urlopen(
            self.url + "/-/requests", timeout=PATIENCE_SECONDS, context=self._context
        ) as answer:
            return json.load(answer)["total"]

    def _await(self):
        while time.monotonic() - self.started < PATIENCE_SECONDS:
            with contextlib.suppress(OSError):
                self.requests()
                return
            time.sleep(0.01)
        raise BenchError("the simulated Sentry did not start")


class Ours(Process):
    """The packaged sentry_exporter."""

    label = "sentry_exporter"
    success = b"\nsentry_probe_success 1"
    failure = b"\nsentry_probe_success 0"

    def __init__(self, bench, sentry):
        port = free_port()
        config = bench.work / f"sentry_exporter-{port}.yml"
        config.write_text(self.config(sentry))
        super().__init__(
            [
                str(bench.launcher),
                f"--config.file={config}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            port,
            bench.work,
            {"SSL_CERT_FILE": str(bench.certificate)},
        )
        self.path = ("/probe?module=sentry&target=", "")
        self.huge_path = "/probe?module=huge&target=big/project-0001"

    @staticmethod
    def config(sentry):
        return _our_config(sentry)


class Everything(Ours):
    """The same with the collectors of `prober: sentry`, those that it has by default."""

    label = "sentry_exporter, prober: sentry"
    organization_path = "/probe?module=sentry&target=big"

    @staticmethod
    def config(sentry):
        return own_config(sentry, "sentry: {prober: sentry, timeout: 110s}")


class Blackbox(Process):
    """Debian's blackbox_exporter."""

    label = "blackbox_exporter"
    success = b"\nprobe_success 1"
    failure = b"\nprobe_success 0"

    def __init__(self, bench, sentry):
        port = free_port()
        config = bench.work / f"blackbox-{port}.yml"
        config.write_text(_blackbox_config(bench.certificate))
        super().__init__(
            [
                "prometheus-blackbox-exporter",
                f"--config.file={config}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            port,
            bench.work,
        )
        target = f"{sentry.url}/api/0/projects/"
        self.path = (f"/probe?module=sentry&target={target}", "/stats/")
        self.huge_path = f"/probe?module=huge&target={target}big/project-0001/stats/"


@dataclass(frozen=True)
class Bench:
    """What all measurements share: where the programs are, and a folder to work in."""

    launcher: Path
    sentry_launcher: Path
    keystore: Path
    certificate: Path
    work: Path


def prepare(distribution, work):
    """Makes the simulated Sentry's certificate, and a copy of the distribution for it to run from:
    with files of its own it shares no memory with the exporter, which would count for less."""
    copy = work / "sentry"
    shutil.copytree(distribution, copy, symlinks=True)
    keytool = [distribution / "runtime/bin/keytool"]
    store = ["-alias", "demo", "-keystore", work / "demo.p12", "-storepass", "changeit"]
    subject = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity", "2"]
    key = ["-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"]
    subprocess.run(keytool + key + store + subject, check=True, capture_output=True)
    certificate = subprocess.run(
        keytool + ["-exportcert", "-rfc"] + store, check=True, capture_output=True
    ).stdout
    (work / "demo.pem").write_bytes(certificate)
    return Bench(
        launcher=distribution / "sentry_exporter",
        sentry_launcher=copy / "sentry_exporter",
        keystore=work / "demo.p12",
        certificate=work / "demo.pem",
        work=work,
    )


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


def project(number):
    """The target of a probe, from any number."""
    return f"big/project-{number % PROJECTS + 1:04d}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_config(sentry, *modules):
    """A configuration with modules of `prober: sentry`."""
    lines = [f"instances: {{default: {{url: '{sentry.url}', auth_token: {TOKEN}}}}}", "modules:"]
    return "\n".join(lines + [f"  {module}" for module in modules]) + "\n"


def _our_config(sentry):
    return f"""modules:
  sentry:
    prober: http
    timeout: 5s
    http:
      prefix: {sentry.url}/api/0/projects/
      headers: {{Authorization: Bearer {TOKEN}}}
  huge:
    prober: http
    timeout: 30s
    http:
      prefix: {sentry.url}/api/0/projects/
      headers: {{Authorization: Bearer {TOKEN}, X-Simulate: huge {HUGE_BYTES}}}
"""


def _blackbox_config(certificate):
    return f"""modules:
  sentry:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4
      headers: {{Authorization: Bearer {TOKEN}}}
      tls_config: {{ca_file: {certificate}}}
  huge:
    prober: http
    timeout: 30s
    http:
      preferred_ip_protocol: ip4
      headers: {{Authorization: Bearer {TOKEN}, X-Simulate: huge {HUGE_BYTES}}}
"""
