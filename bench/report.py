"""The results as a page in Markdown."""

import datetime
import statistics
from dataclasses import asdict

from programs import BLACKBOX, EARLIER, THIS

SLOWER = 1.05  # ratios to the earlier build above this are bold


def page(results, facts, effort):
    """The whole report: `results` are the rows, and those of bursts and recovery by part."""
    parts = [_HEAD, _run(facts, effort)]
    if results["rows"].values:
        parts.append(_tables(results["rows"]))
    if results.get("bursts"):
        parts.append(_burst_tables(results["bursts"]))
    if results.get("recovery"):
        parts.append(_recovery(results["recovery"]))
    if results.get("discovery"):
        parts.append(discovery(results["discovery"]))
    return "\n".join(parts + [_NOT_REACHED, _GO_EXPORTER, _HOW_TO_READ])


def _run(facts, effort):
    lines = {"date": datetime.date.today().isoformat(), **facts}
    lines |= {name.replace("_", " "): value for name, value in asdict(effort).items()}
    return "".join(f"- {name}: {value}\n" for name, value in lines.items())


def _tables(rows):
    """A table for each metric, each row a case."""
    lines = ["## Comparison"]
    metrics = [row.metric for row in rows.values]
    metric = None
    for row in sorted(rows.values, key=lambda each: metrics.index(each.metric)):
        if row.metric != metric:
            metric = row.metric
            lines += [
                "",
                f"| {metric}, {row.unit} | {THIS} | / {EARLIER} | / {BLACKBOX} | others |",
                "| --- | --- | --- | --- | --- |",
            ]
        ours = rows.values[row][THIS]
        least = 10**-row.digits  # what would print as 0 makes no ratio
        earlier, blackbox = (
            [a / b for a, b in zip(ours, rows.values[row].get(program, [])) if b >= least]
            for program in (EARLIER, BLACKBOX)
        )
        bold = "**" if earlier and statistics.median(earlier) > SLOWER else ""
        lines.append(
            f"| {row.case} | {_spread(ours, row.digits)} | {bold}{_spread(earlier, 2)}{bold}"
            f" | {_spread(blackbox, 2)} | {max(rows.others[row]):.0%} |"
        )
    return "\n".join(lines) + "\n"


def _spread(values, digits):
    if not values:
        return "–"
    low, middle, high = (
        f"{each:,.{digits}f}" for each in (min(values), statistics.median(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} ({low}–{high})"


def _burst_tables(bursts):
    """A table for each kind."""
    lines = [
        "## Bursts of large pages",
        "",
        "Scrapes at the same time, each with a timeout of 30 s, with the default heap, on all",
        "processors. Refused is HTTP 503 for want of memory until the timeout; lost is a page",
        "that its reader did not get whole in time, as the slow ones do not. The process survived",
        "all of it. *MB* is the most resident memory, *`/metrics`* the slowest answer meanwhile.",
    ]
    kind = None
    for burst in bursts:
        if burst.kind != kind:
            kind = burst.kind
            lines += [
                "",
                f"{kind}:",
                "",
                "| format | coding | whole | refused | lost | seconds | `/metrics`, s | MB |",
                "| --- | --- | --- | --- | --- | --- | --- | --- |",
            ]
        lines.append(
            f"| {burst.form} | {burst.coding} | {burst.whole} | {burst.refused} | {burst.lost}"
            f" | {burst.seconds:.1f} | {burst.metrics_seconds:.2f} | {burst.peak_mb:.0f} |"
        )
    return "\n".join(lines) + "\n"


def discovery(found):
    """The section of service discovery."""
    lines = [
        "## Service discovery at scale",
        "",
        "`bench/run --only discovery` measures it. The first list of a new process requests what",
        "it needs from Sentry, organizations before projects; for ten minutes the answers serve",
        "all others. What is kept and the size are given without and with gzip.",
    ]
    scale = None
    for each in found:
        if each.scale != scale:
            scale = each.scale
            lines += [
                "",
                f"{scale}:",
                "",
                "| `/sd` of | targets | requests | first, ms | kept, ms | KB |",
                "| --- | --- | --- | --- | --- | --- |",
            ]
        lines.append(
            f"| {each.kind} | {each.targets:,} | {each.requests} | {each.first_ms:,.0f}"
            f" | {each.kept_ms:,.0f} / {each.kept_gzip_ms:,.0f}"
            f" | {each.bytes / 1000:,.0f} / {each.gzip_bytes / 1000:,.0f} |"
        )
    return "\n".join(lines) + "\n"


def _recovery(recovery):
    ratio = recovery.after_mb / recovery.before_mb
    return f"""\
## After a burst

Resident MB at 200 probes a minute: before two bursts of large pages with 450 idle connections
{recovery.before_mb:.0f}, most during them {recovery.peak_mb:.0f}, a minute after them
**{recovery.after_mb:.0f}** ({ratio:.2f} of before, ≤ 1.20 {"✓" if ratio <= 1.2 else "✗"}).
"""


_HEAD = """\
# Benchmarks

The packaged exporter, an earlier build of it, and Debian's `prometheus-blackbox-exporter`, which is
written in Go. All probe the same simulated Sentry in the same run, by turns. `bench/run --write`
writes this page.
"""

_NOT_REACHED = """\
## Before and after, and what is not reached

By turns with the build of c5b2dbf, of aaa0b53, which compiles later and has a cache without
profiles; processes at 200 probes a minute on one processor.

| | c5b2dbf | aaa0b53 |
| --- | --- | --- |
| CPU until the first probe, s | 0.81 | 0.59 |
| CPU at 200 probes a minute, minutes 1 / 2 / 3, s | 2.9 / 1.4 / 1.0 | 2.4 / 1.5 / 1.3 |
| resident memory after three minutes, MB | 91 | 80 |

- **Load**, the tables above: CPU per probe is 0.20 and 0.17 of blackbox_exporter's without latency
  at 16 and 64 connections (0.22 is the aim), 0.17 and 0.21 at 20 ms (0.25 is the aim). p99 without
  latency is 9.1 and 23 ms, 0.46 and 0.28 (0.33 and 0.36 are the aims); in runs before it was 0.44
  and 0.43, 0.19 and 0.30, 0.49 and 0.29: it depends on what the compiler does meanwhile. At 20 ms
  p99 is 4 ms above Sentry's own at 16 connections, and 11 at 64 (6 is the aim): answers that come
  together are 64 probes at once, which take a processor 12 ms. Over TLS at 64 connections it was
  0.74 of 4027e9f's (0.6 is the aim), and is 0.72 of ae60081's now.
  Yielding after each answer took p99 from 23 to 7.6 ms at 16 connections and from 85 to 41 ms at
  64, the JVM's threads before the others then from 32 to 22 ms (medians of twelve runs each).
  Compilers that do not go first (`-XX:CompilerThreadPriority=4`) gave 20 instead of 27 ms at 64
  connections in one run, the same in two others, and a tenth more CPU while they had work.
- **Failed probes**, as in an outage of Sentry, needed ten times the CPU of good ones with the short
  token of these tables. With one of 71 characters, as an internal integration has, 1,000 took 5.0 s
  for HTTP 502, 1.9 s for 401 and 2.2 s for a refused connection; with one of 199, 41, 23 and 21 s.
  A regular expression of all the ways in which a secret may be encoded was compiled for each text.
  It is looked for by hand now: 0.17, 0.16 and 0.20 s with 71 characters, where a good probe takes
  0.18 (eight connections).
- **The third minute** should need half of what it did, and needs more. Only the simple compiler
  (`-XX:TieredStopAtLevel=1`) comes near, with 0.63 s against 0.97, and would cost a third more CPU
  under load for ever. Higher thresholds for the optimizing compiler alone gave 1.1; profiles in the
  cache 0.9, for 8 MB of memory and a quarter more CPU at the start.
- **Idle memory** is 71 MB, where 70 are the aim (81 for 4027e9f). The cache of classes is 35 MB of
  it, all of it touched as the kernel maps 64 KB at a time. Without the cache 64 MB would do, with
  twice the time to start. Left out: mapping the cache where it was written
  (`-XX:ArchiveRelocationMode=0`, a diagnostic setting), which saves no memory; a cache without
  counters of methods, 0.5 MB less for 3 % more CPU at the start; a young generation of 8 MB, 0.9 MB
  less for 1 % more CPU per probe; a smaller table of strings, classes without the names of
  variables and text put together without `invokedynamic`, 0.6 MB in all.
- **Memory after load** is 138 to 142 MB (100 is the aim; 165 for 4027e9f), with failed probes 153.
  After 64 connections of plain probes alone it is 103 to 112: 20 of it are the heap, 10 the C
  library's, 8 the threads' stacks, 7 compiled code. A smaller first heap (`-Xms16m`) changes
  nothing, as the serial collector lets the old generation grow before it collects it; one or two
  arenas of the C library (`MALLOC_ARENA_MAX`) neither.
- `-XX:GuaranteedAsyncDeflationInterval=0 -XX:TrimNativeHeapInterval=0` made no difference to the
  CPU of a probe any more, and cost 5 MB idle and 16 to 22 MB after load. More memory for the
  compiler (`memlimit` of 16 to 64 MB) was 9 % better in one run and no better in the next.
- **Large pages**, of 8ab7f3d, which writes text a thousand samples at a time from columns, and adds
  up statistics as they come; one turn with 5 s of warm-up, on a quiet machine. The first page of
  10,000 projects takes 7.6 s and 7.2 s of CPU, 0.78 of c5b2dbf's (0.6 is the aim): the optimizing
  compiler has 3.0 s of it, collections 1.1 (3.4 before). The first page after a refresh takes 1.2 s
  (0.73 of before), the next 0.9 to 1.0 s (0.7 is the aim): more than half is the client library's,
  which checks the labels' names of each sample, puts the samples in order and writes them. A kept
  page takes 0.04 s, without gzip 0.23 s. Most resident memory is 250 MB with the first page, and
  339 MB with the pages that follow at once (300 is the aim; 423 before).
  Limits to inlining (`FreqInlineSize`, `MaxInlineLevel`, `InlineSmallCode`), other thresholds and
  fuller survivor spaces gave nothing; a larger young generation neither, as it grows only after a
  full collection.
- After so short a warm-up a probe of `prober: sentry` needs more CPU than before, 0.50 s per 1,000
  (1.24): compiling later is slower there.
- **Start and first minutes**: by turns with 4027e9f, five turns: the first probe is answered after
  0.53 s, 0.57 of before (0.7 is the aim), over TLS after 0.87 s, 0.62, with 144 trusted
  certificates in a file.
  Half of it is the JVM with its cache, 40 ms Java's `BigDecimal`, which the JSON library loads.
  Over TLS the rest is cryptography that is not compiled yet; compiling it earlier or later
  (`CompileThresholdScaling` for its classes alone) gave 7 to 13 % more CPU.
  CPU of the minutes 1, 2 and 3 was 2.2, 1.9 and 1.4 s for ae60081: 0.74, 1.00 and 1.29 of 4027e9f.
  An idle minute costs 0.08 s instead of 0.15, since the listener waits for connections, no longer
  for the clock.
"""

_GO_EXPORTER = """\
## The exporter in Go

The exporter that this one replaces is written in Go. It is not measured here. At revision f31b2a1
it was, by turns in one run, each program alone on one processor:

| | Go exporter / blackbox_exporter | sentry_exporter / Go exporter |
| --- | --- | --- |
| CPU per probe, no latency, 16 / 64 connections | 0.26 / 0.28 | 1.35 / 1.11 |
| CPU per probe, 20 ms latency, 16 / 64 connections | 0.27 / 0.34 | 1.07 / 1.17 |
| CPU per probe, TLS, no latency, 16 / 64 connections | – | 0.46 / 0.34 |
| CPU per probe, TLS, 20 ms latency, 16 / 64 connections | – | 0.80 / 0.48 |
| p99, no latency, 16 / 64 connections | 0.33 / 0.36 | 4.6 / 3.7 |
| p99, 20 ms latency, 16 / 64 connections | 0.64 / 0.42 | 1.0 / 1.0 |
| p99, TLS, no latency, 16 / 64 connections | – | 1.4 / 1.4 |
| p99, TLS, 20 ms latency, 64 connections | – | 0.43 |
| CPU at 200 probes a minute, minutes 1 / 2 / 3 | – | 10 / 5.6 / 4 |
| start to first answered probe | 0.58 | 53 |
| resident memory, idle / after load | 0.71 / 0.50 | 7.9 / 6.7 |

The Go exporter was ahead without TLS, in p99 wherever there was no latency, at the start, in the
first minutes, and in memory. Over TLS, the usual way to Sentry, it needed 1.25 to 2.9 times the
CPU.
"""

_HOW_TO_READ = f"""\
## How to read this

- Each value is the median over the turns, with the lowest and the highest in parentheses. A turn
  starts new processes and measures each program once. Under load they take turns by the second, so
  that a slow minute of the machine is one for all. The columns after the value of {THIS} are
  ratios to the other programs: the median of the turns' own ratios. Below 1, it needs less. Above
  {SLOWER} the ratio to the earlier build is bold.
- *others* is the most that other programs used of all processors in any turn of that row. Where it
  is more than a few percent, the row is worth little.
- Measured programs have one processor to themselves, and one at a time has work. Load generator
  (`wrk`), simulated Sentry and `bench/run` have the rest. Without latency the program is saturated:
  p99 is then mostly the wait for its processor.
- Before the counted runs each process is under load for the time of the warm-up, and for a fifth of
  it again before those over TLS, those that fail and those of `prober: sentry`; blackbox_exporter,
  which compiles nothing, for 5 s at most.
- *20 ms* is the time after which Sentry answers; a client is a connection of `wrk`.
- *HTTP 502* is what a gateway before Sentry answers: each probe fails. *p99 of Sentry itself* is
  that of the same load on the simulated Sentry, without an exporter between.
- `wrk` requests 500 targets in turn. Probes of one target that come at the same time could share a
  request to Sentry; a run in which that happens ends the benchmark.
- Bytes allocated come from `/metrics`: collections of the young generation times its size, and
  `go_memstats_alloc_bytes_total` of blackbox_exporter.
- The minutes at 200 probes a minute are those of all turns' processes at the same time, on one
  processor, started by turns. The first minute contains the start.
- The first page after the start requests everything from Sentry. *First after a refresh* is a page
  that is rendered from answers that are there, *kept page* one that has been rendered. They are
  read with gzip unless *identity* is stated.
- blackbox_exporter opens a connection for each probe, over TLS with a handshake: that is its
  purpose. It is here because it is widely used, not because it does the same.
- The start is timed from the launcher's start to the last byte of the first probe's answer, by a
  client that sends a request every half millisecond.
- Machines are noisy, small virtual ones most of all. Ratios of the same run are more reliable than
  absolute values, CPU time more than elapsed time.
"""
