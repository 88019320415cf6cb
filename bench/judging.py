"""Judges what a soak sees: whether each value served is right, and whether what the process holds
is flat. Knows no exporter and no clock: a test can plant what it must find."""

import bisect
import re
import statistics
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime

SAMPLE = re.compile(
    r"([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*=\"(?:[^\"\\\n]|\\[\"\\n])*\",?)*)\})?"
    r" (NaN|[+-]?(?:Inf|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))",
    re.ASCII,
)
LABEL = re.compile(r"(\w+)=\"((?:[^\"\\]|\\.)*)\"")
COUNTERS = re.compile(r"\w+_(?:total|bucket|count)(?:\{|$)")
SWITCH_SECONDS = 300
"""After the end of an hour, day or month, in which old and new windows are both right."""


def parsed(page, openmetrics=False):
    """The values of a page by series, in the text format or in OpenMetrics.

    ValueError if it is no such page."""
    values = {}
    family = None
    lines = page.split("\n")
    if lines.pop() != "" or (openmetrics and lines[-1] != "# EOF"):
        raise ValueError("the page has no end")
    for line in lines:
        if line.startswith("# TYPE "):
            family = line.split(" ")[2]
        elif not line.startswith("#"):
            sample = SAMPLE.fullmatch(line)
            if not sample or family is None or not sample[1].startswith(family):
                raise ValueError(f"{line!r} is no sample of {family}")
            series = line.rsplit(" ", 1)[0]
            if series in values:
                raise ValueError(f"{series} is there twice")
            values[series] = float(sample[3])
    return values


def labels(series):
    return dict(LABEL.findall(series))


def messages(data):
    """Number of protobuf messages, each after its length. ValueError if the last is cut short."""
    number = position = 0
    while position < len(data):
        length = shift = 0
        while True:
            if position == len(data):
                raise ValueError("cut short in a length")
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        position += length
        number += 1
    if position != len(data):
        raise ValueError("cut short in a message")
    return number


@dataclass(frozen=True)
class Scrape:
    """A whole answer with what was requested, and when, in seconds since 1970."""

    module: str
    target: str
    begin: float
    end: float
    values: dict[str, float]

    @property
    def name(self):
        return f"{self.target} of {self.module}"


def start(kind, now):
    """The start of the running `hour`, `day` or `month` in UTC, in seconds since 1970."""
    then = datetime.fromtimestamp(now, UTC).replace(minute=0, second=0, microsecond=0)
    if kind != "hour":
        then = then.replace(hour=0)
    return (then.replace(day=1) if kind == "month" else then).timestamp()


def window(kind, now):
    """The start of the window that is judged at `now`; None while it switches."""
    began = start(kind, now)
    return None if now - began < SWITCH_SECONDS else began


class Counters:
    """Counters that must not fall: a scrape is held against those that ended before it began."""

    MOST = 6

    def __init__(self):
        self._seen = defaultdict(dict)

    def falls(self, scope, begin, end, values):
        """Each fall, as text."""
        seen = self._seen[scope]
        for series, value in values.items():
            if not COUNTERS.match(series):
                continue
            before = seen.setdefault(series, deque(maxlen=self.MOST))
            floor = max((known for ended, known in before if ended <= begin), default=None)
            if floor is not None and value < floor:
                yield f"{scope}: {series} falls from {floor:.17g} to {value:.17g}"
            if not before or value > before[-1][1]:
                before.append((end, value))


class Truth:
    """What Sentry itself counts, over time, and whether values that were served agree with it.

    `lag`: seconds by which Sentry's answers may be behind; `slack`: the longest that an answer was
    under way. Times are those of the machine."""

    def __init__(self, kind, lag, slack):
        self._kind, self._lag, self._slack = kind, lag, slack
        self._window = None
        self._counted = defaultdict(lambda: defaultdict(list))
        self._pending = defaultdict(lambda: defaultdict(deque))
        self._lies = []
        self.agreed = 0

    def lied(self, begin, end):
        """Sentry reported too little meanwhile: what is served then may be older than its age."""
        self._lies.append((begin, end))

    def _is_judged(self, now):
        present = window(self._kind, now)
        if present is None or present != self._window:
            self._counted.clear()
            self._pending.clear()
        self._window = present
        return present is not None

    def counted(self, scope, begin, end, values):
        """Takes what Sentry reports now, of a scope; each value served before that is more than
        that, as text."""
        if not self._is_judged(begin) or not self._is_judged(end):
            return
        for key, pending in self._pending[scope].items():
            value = values.get(key, 0)
            while pending and pending[0][0] <= begin - self._lag:
                _, served, name = pending.popleft()
                if served > value:
                    yield f"{name}: {scope} {key} is {served:.17g}, but only {value} happened"
                self.agreed += 1
        for key, value in values.items():
            history = self._counted[scope][key]
            if not history or value > history[-1][1]:
                history.append((end, value))

    def served(self, scope, key, scrape, age, value):
        """Takes a served value; text if it is less than Sentry had counted before its age."""
        if not self._is_judged(scrape.end):
            return None
        pending = self._pending[scope][key]
        if not pending or value > pending[-1][1]:
            pending.append((scrape.end, value, scrape.name))
        since = scrape.begin - age - self._lag - self._slack
        if any(begin < scrape.end and since < end for begin, end in self._lies):
            return None
        history = self._counted[scope][key]
        index = bisect.bisect_right(history, since, key=lambda each: each[0])
        if index and value < history[index - 1][1]:
            return (
                f"{scrape.name}: {scope} {key} is {value:.17g} at the age of {age:.1f} s, but"
                f" {history[index - 1][1]} had happened"
            )
        return None


UNSUPPORTED = "unsupported"  # of a collector that this server does not have


class Probes:
    """Whether a page of a probe agrees with itself: what failed has no data but good data, of which
    the page has the age.

    `families`: the collector of each metric; none of what does not come from Sentry."""

    def __init__(self, families, most_age):
        self._families, self._most_age = families, most_age

    def of_collectors(self, scrape, collectors):
        """Faults of a page of `prober: sentry` with these collectors, as text."""
        success, states, ages, reasons, owners = None, {}, {}, {}, set()
        for series, value in scrape.values.items():
            name = series.split("{", 1)[0]
            if name == "sentry_probe_success":
                success = value
            elif name == "sentry_probe_collector_success":
                states[labels(series)["collector"]] = value
            elif name == "sentry_probe_data_age_seconds":
                ages[labels(series)["collector"]] = value
            elif name == "sentry_probe_failure_info":
                reasons[labels(series)["collector"]] = labels(series)["reason"]
            elif not name.startswith("sentry_probe_"):
                if name not in self._families:
                    yield f"{scrape.name}: {name} is documented for no collector"
                owners.add(self._families.get(name))
        if success not in (0, 1) or set(states) != set(collectors):
            yield f"{scrape.name}: success {success} with the collectors {sorted(states)}"
        supported = [state for one, state in states.items() if reasons.get(one) != UNSUPPORTED]
        if success != min(supported, default=0):
            yield f"{scrape.name}: success {success} of the collectors' {states}, for {reasons}"
        failed = {collector for collector, state in states.items() if state == 0}
        if set(reasons) != failed:
            yield f"{scrape.name}: {sorted(failed)} failed, with reasons for {sorted(reasons)}"
        for collector in owners - {None} - set(ages):
            yield f"{scrape.name}: data of {collector}, without an age"
        for collector, age in ages.items():
            if not 0 <= age <= self._most_age:
                yield f"{scrape.name}: data of {collector} is {age} s old"

    def of_http(self, scrape):
        """Faults of a page of `prober: http`, as text."""
        success = scrape.values.get("sentry_probe_success")
        received = scrape.values.get("sentry_probe_error_received")
        if success not in (0, 1) or (success == 1) != (received is not None):
            yield f"{scrape.name}: success {success} with the value {received}"


class Findings:
    """What is wrong: all of it is counted, the first are kept. For many threads."""

    MOST = 20

    def __init__(self, say=print):
        self._lock = threading.Lock()
        self._say = say
        self.first = []
        self.number = 0

    def add(self, texts):
        for text in texts:
            with self._lock:
                self.number += 1
                is_kept = len(self.first) < self.MOST
                if is_kept:
                    self.first.append(text)
            if is_kept:
                self._say(text)


@dataclass(frozen=True)
class Bound:
    """How much something may grow over the judged time and still be flat: a share of what it was,
    or `least`, if that is more."""

    name: str
    share: float
    least: float

    def growth(self, values):
        """Of samples at equal intervals: first and last quarter's medians, and what the median
        slope between any two samples makes of the whole time."""
        quarter = max(1, len(values) // 4)
        first = statistics.median(values[:quarter])
        last = statistics.median(values[-quarter:])
        slopes = [
            (values[j] - values[i]) / (j - i) for j in range(len(values)) for i in range(j)
        ]
        return first, last, statistics.median(slopes) * (len(values) - 1)

    def fault(self, values):
        """Text if both measures of growth are more than is allowed; None if it is flat."""
        first, last, trend = self.growth(values)
        allowed = max(self.share * first, self.least)
        if last - first > allowed or trend > allowed:
            return (
                f"{self.name} is not flat: {first:.1f} in the first quarter, {last:.1f} in the"
                f" last, a trend of {trend:+.1f}; {allowed:.1f} is allowed"
            )
        return None
