"""Tables of the results, with the bounds they are checked against."""

import datetime
import statistics
from dataclasses import dataclass

from measurements import CONNECTIONS, SETTINGS
from programs import LATENCY, MANY_PROJECTS, PLAIN, TLS, Blackbox, Ours

# The old Go exporter next to blackbox_exporter, on another machine of two processors. It is not
# measured here: its values count in proportion to what blackbox_exporter needs in this run.
OLD_CPU, BLACKBOX_CPU = 0.216, 1.101  # CPU seconds per 1,000 probes, 16 connections, no latency
OLD_CPU_TLS, BLACKBOX_CPU_TLS = 0.907, 1.811  # the same, 64 connections, TLS


@dataclass(frozen=True)
class Target:
    """A metric that has an aim."""

    metric: str
    unit: str
    digits: int
    ours: float
    blackbox: float | None
    aim: float
    goal: float
    ratio: float | None = None

    def line(self):
        blackbox = "–" if self.blackbox is None else self._number(self.blackbox)
        ratio = self.ratio
        if ratio is None and self.blackbox and self.blackbox >= 1 / 10**self.digits:
            ratio = self.ours / self.blackbox
        return (
            f"| {self.metric} | {self.unit} | **{self._number(self.ours)}** | {blackbox} "
            f"| {'–' if ratio is None else f'{ratio:.2f}'} | {self._bound(self.aim)} "
            f"| {self._bound(self.goal)} |"
        )

    def _number(self, value):
        return f"{value:,.{self.digits}f}"

    def _bound(self, bound):
        return f"≤ {self._number(bound)} {'✓' if self.ours <= bound else '✗'}"


def targets(results):
    """The metrics that were measured and have aims, in the order of importance."""
    found = []
    runs, memory = results.get("load", ({}, {}))
    if runs:
        found += _load_targets(runs)
    if "start" in results:
        times = results["start"]
        plain, tls = times[PLAIN.name], times[TLS.name]
        found += [
            Target("start to first answered probe", "ms", 0, plain[Ours], plain[Blackbox], 600, 300),
            Target("the same, Sentry over TLS", "ms", 0, tls[Ours], tls[Blackbox], 600, 300),
        ]
    if "idle" in results:
        idle = results["idle"]
        found.append(
            Target("resident memory, idle", "MB", 0, idle[Ours][0], idle[Blackbox][0], 90, 60)
        )
    if memory:
        peak = {
            program: max(memory[setting.name, program][0] for setting in SETTINGS)
            for program in (Ours, Blackbox)
        }
        found.append(
            Target("resident memory, most, after 64 connections", "MB", 0,
                   peak[Ours], peak[Blackbox], 130, 90)
        )  # fmt: skip
    if "paced" in results:
        paced = results["paced"]
        found.append(
            Target("CPU of a minute at 200 probes a minute, the third after the start", "s", 2,
                   paced[Ours], paced[Blackbox], 0.5, 0.25)
        )  # fmt: skip
    if "huge" in results:
        huge = results["huge"]
        found.append(
            Target("memory growth while Sentry sends 256 MB", "MB", 0,
                   huge[Ours], huge[Blackbox], 32, 16)
        )  # fmt: skip
    return found


def _load_targets(runs):
    cpu, cpu_ratio = _cpu(runs, PLAIN, 16)
    tls, tls_ratio = _cpu(runs, TLS, 64)
    old = OLD_CPU * cpu[Blackbox] / BLACKBOX_CPU
    old_tls = OLD_CPU_TLS * tls[Blackbox] / BLACKBOX_CPU_TLS
    p99 = {
        program: statistics.median(run.p99 for run in runs[LATENCY.name, 64, program])
        for program in (Ours, Blackbox)
    }
    return [
        Target("CPU per 1,000 probes, 16 connections", "s", 3,
               cpu[Ours], cpu[Blackbox], old, old / 2, cpu_ratio),
        Target("the same, 64 connections, Sentry over TLS", "s", 3,
               tls[Ours], tls[Blackbox], old_tls / 2, old_tls / 5, tls_ratio),
        Target("p99 at 64 connections, Sentry takes 20 ms", "ms", 1,
               p99[Ours], p99[Blackbox], 50, 35),
    ]  # fmt: skip


def _cpu(runs, setting, connections):
    ours = runs[setting.name, connections, Ours]
    blackbox = runs[setting.name, connections, Blackbox]
    medians = {
        Ours: statistics.median(run.cpu_per_1000 for run in ours),
        Blackbox: statistics.median(run.cpu_per_1000 for run in blackbox),
    }
    ratio = statistics.median(a.cpu_per_1000 / b.cpu_per_1000 for a, b in zip(ours, blackbox))
    return medians, ratio


def page(results, machine, quick, foreign_shares):
    """The whole report, in Markdown."""
    parts = [_HEAD, _run(machine, quick, foreign_shares), _target_table(targets(results))]
    runs, memory = results.get("load", ({}, {}))
    if runs:
        parts += [_load_table(runs)]
    if memory or "idle" in results:
        parts += [_memory_table(memory, results.get("idle"))]
    if "scale" in results:
        parts += [_scale_table(results["scale"])]
    if "bursts" in results:
        parts += [_burst_table(results["bursts"])]
    if "recovery" in results:
        parts += [_recovery_table(results["recovery"])]
    parts.append(_HOW_TO_READ)
    return "\n".join(parts)


_HEAD = """\
# Benchmarks

The packaged exporter and Debian's `prometheus-blackbox-exporter`, which is written in Go: both
probe the same simulated Sentry (`sentry_exporter demo --sentry.only`) in the same run. This page is
written by `bench/run --write`.
"""


def _run(machine, quick, foreign_shares):
    lines = [f"- date: {datetime.date.today().isoformat()}"]
    lines += [f"- {name}: {value}" for name, value in machine.items()]
    if foreign_shares:
        lines.append(
            "- used by other programs during the counted runs:"
            f" {statistics.median(foreign_shares):.0%} of the processors,"
            f" {max(foreign_shares):.0%} at most"
        )
    if quick:
        lines.append(
            "- **quick run**: single short runs; the minute at 200 probes a minute is seconds 15 to"
            " 45 after the start, doubled, when Java still compiles more than later"
        )
    return "\n".join(lines) + "\n"


def _target_table(found):
    lines = [
        "## Aims",
        "",
        "| metric | unit | sentry_exporter | blackbox_exporter | ratio | first aim | goal |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [target.line() for target in found]) + "\n"


def _load_table(runs):
    lines = [
        "## Under load",
        "",
        "Each cell: sentry_exporter / blackbox_exporter.",
        "",
        "| Sentry | connections | CPU s per 1,000 probes | ratio | probes/s | p50 ms | p99 ms"
        " | p99.9 ms | requests to Sentry per probe |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for setting in SETTINGS:
        for connections in CONNECTIONS:
            ours = runs[setting.name, connections, Ours]
            blackbox = runs[setting.name, connections, Blackbox]
            _, ratio = _cpu(runs, setting, connections)

            def both(field, digits):
                return " / ".join(
                    f"{statistics.median(getattr(run, field) for run in each):,.{digits}f}"
                    for each in (ours, blackbox)
                )

            lines.append(
                f"| {setting.name} | {connections} | {both('cpu_per_1000', 3)} | {ratio:.2f}"
                f" | {both('per_second', 0)} | {both('p50', 1)} | {both('p99', 1)}"
                f" | {both('p999', 1)} | {both('upstream_per_probe', 2)} |"
            )
    return "\n".join(lines) + "\n"


def _memory_table(memory, idle):
    lines = [
        "## Memory",
        "",
        "MB. Each cell: sentry_exporter / blackbox_exporter. Proportional memory counts pages that"
        " several processes share by their share.",
        "",
        "| when | resident | proportional | most resident so far |",
        "| --- | --- | --- | --- |",
    ]
    if idle:
        lines.append(
            f"| idle, after the first probe | {idle[Ours][0]:.0f} / {idle[Blackbox][0]:.0f}"
            f" | {idle[Ours][1]:.0f} / {idle[Blackbox][1]:.0f} | – |"
        )
    for setting in SETTINGS if memory else ():
        ours = memory[setting.name, Ours]
        blackbox = memory[setting.name, Blackbox]
        lines.append(
            f"| after 64 connections, {setting.name} | {ours[1]:.0f} / {blackbox[1]:.0f}"
            f" | {ours[2]:.0f} / {blackbox[2]:.0f} | {ours[0]:.0f} / {blackbox[0]:.0f} |"
        )
    return "\n".join(lines) + "\n"


def _scale_table(scale):
    """One organization of many projects; nothing else is comparable."""
    of_projects, of_drop_in = scale.of_projects, scale.of_drop_in
    ratio = of_projects.cpu_per_1000 / of_drop_in.cpu_per_1000

    def aimed(value, bound, digits=0):
        return f"**{value:,.{digits}f}** (≤ {bound:,} {'✓' if value <= bound else '✗'})"

    return f"""\
## {MANY_PROJECTS:,} projects in one organization

`prober: sentry` with its default collectors; each project has six categories with five outcomes,
and sessions.

| metric | |
| --- | --- |
| samples on the organization's page, `_created` among them | {scale.series:,} |
| its size, and what is sent compressed | {scale.page_bytes / 1e6:.1f} MB, {scale.sent_bytes / 1e6:.1f} MB |
| seconds of the first probe, which requests everything | {scale.cold_seconds:.1f} |
| requests to Sentry for it | {scale.cold_requests} |
| seconds of the next probe, from kept answers | {scale.warm_seconds:.1f} |
| most resident memory, MB | {aimed(scale.peak_mb, 512)} |
| probes of its projects at 16 connections, p99 ms | {aimed(of_projects.p99, 50, 1)} |
| the same, probes/s | {of_projects.per_second:,.0f} |
| the same, CPU s per 1,000 probes; ratio to the drop-in's, which sends a request each time | {of_projects.cpu_per_1000:.3f}; {ratio:.2f} |
| requests to Sentry meanwhile | {of_projects.upstream} for {of_projects.probes:,} probes |
"""


def _burst_table(bursts):
    lines = [
        "## Bursts of large pages",
        "",
        "Scrapes at the same time, each with a timeout of 30 s, with the default heap. Refused is HTTP"
        " 503 for want of memory until the timeout; lost is a page that its reader did not get whole"
        " in time, as the slow ones do not. The process survived all of it.",
        "",
        "| scrapes | format | coding | whole | refused | lost | seconds | slowest `/metrics`, s"
        " | most resident MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {burst.kind} | {burst.form} | {burst.coding} | {burst.whole} | {burst.refused}"
        f" | {burst.lost} | {burst.seconds:.1f} | {burst.metrics_seconds:.2f} | {burst.peak_mb:.0f} |"
        for burst in bursts
    ]
    return "\n".join(lines) + "\n"


def _recovery_table(recovery):
    ratio = recovery.after_mb / recovery.before_mb
    return f"""\
## After a burst

Resident MB at 200 probes a minute: before two bursts of large pages with 450 idle connections
{recovery.before_mb:.0f}, most during them {recovery.peak_mb:.0f}, a minute after them
**{recovery.after_mb:.0f}** ({ratio:.2f} of before, ≤ 1.20 {"✓" if ratio <= 1.2 else "✗"}).
"""


_HOW_TO_READ = f"""\
## How to read this

- Machines are noisy, small virtual ones most of all. Ratios of the same run are more reliable than
  absolute values, CPU time more than elapsed time: load generator, exporter and simulated Sentry share the
  processors, so probes a second and percentiles are those of all three together.
- Runs are taken in turn, one of each program a round. A value is the median over the rounds, a
  ratio the median of the rounds' own ratios. Below 1, sentry_exporter needs less. Each program is
  warmed up first; what Java still compiles after that counts.
- `wrk` requests 500 targets in turn. Probes of one target that come at the same time share a
  request to Sentry, so requests per probe show how much of the load was real.
- The aims for CPU are parts of what the exporter in Go needed that this one replaces: 1 and 0.5 of
  it, over TLS 0.5 and 0.2. It was measured on another machine, where it took {OLD_CPU} s and over TLS
  {OLD_CPU_TLS} s per 1,000 probes, and blackbox_exporter {BLACKBOX_CPU} and {BLACKBOX_CPU_TLS} s; here
  it is reckoned to stand in the same proportion to blackbox_exporter.
- blackbox_exporter opens a connection for each probe, over TLS with a handshake: that is its
  purpose. It is here because it is widely used, not because it does the same.
- The start is timed from the launcher's start to the last byte of the first probe's answer, by a
  client that sends a request every half millisecond; the median of several starts.
"""
