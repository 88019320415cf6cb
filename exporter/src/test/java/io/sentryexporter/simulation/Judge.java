package io.sentryexporter.simulation;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.simulation.Page.Series;
import io.sentryexporter.simulation.Story.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Judges a run by what can be seen from outside, and throws when a promise is broken.
final class Judge {
  static final String COLLECTOR = "outcomes";

  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Story story;
  private final Readings readings;
  private final CounterJudge counters;
  private final RequestJudge requests;

  /// The last page with data that a scraper has had of an exporter, of the process that runs.
  private final Map<Source, Seen> seen = new HashMap<>();

  /// When each exporter has got its instance, unless at its start.
  private final Map<Integer, Instant> newInstance = new HashMap<>();

  private long digest;

  /// What a request has broken: it is thrown at the next page, for within a request the program
  /// would take it for its own.
  private @Nullable Broken broken;

  /// Where a page comes from.
  record Source(int exporter, int scraper) {}

  private record Seen(Instant received, Set<Series> series) {}

  /// @param samples receives what is judged
  Judge(Story story, World world, CounterJudge.Samples samples) {
    this.story = story;
    this.readings = new Readings(story);
    this.counters = new CounterJudge(story, world, readings, samples);
    this.requests = new RequestJudge(story);
  }

  /// The promises.
  enum Invariant {
    /// `increase()` is between the truth less what Sentry had not reported, and the truth with what
    /// it reported late.
    INCREASE,
    /// A counter does not fall within its month or day.
    NO_FALL,
    /// A counter starts anew two minutes after the end of its month or day, or a refresh interval
    /// if that is longer: neither earlier nor later.
    SWITCH,
    /// What is not known is absent, and not 0.
    NEVER_ZERO,
    /// Requests stay within the share of the limit that Sentry advertises, and pauses are kept.
    WITHIN_SHARE,
    /// Data older than `max_stale` is not exposed.
    NOT_STALE,
    /// What has answered is there until it is too old, in spite of all hints.
    EVIDENCE,
    /// A scrape is answered in its time.
    IN_TIME,
    /// A page is one that Prometheus takes, with the metrics that are always there.
    WELL_FORMED,
    /// The same seed makes the same run.
    SAME_RUN
  }

  /// A promise is broken.
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    Broken(Invariant invariant, String words) {
      super(invariant + ": " + words);
      this.invariant = invariant;
    }

    Invariant invariant() {
      return invariant;
    }
  }

  /// A scraper has got a page, or none.
  void scraped(int exporter, int scraper, Instant started, Instant ended, Page page) {
    digest = 31 * digest + exporter;
    digest = 31 * digest + scraper;
    digest = 31 * digest + ended.hashCode();
    digest = 31 * digest + page.hashCode();
    check();
    if (!page.isAnswered()) {
      requireDown(exporter, scraper, started, ended, page);
      return;
    }
    if (Duration.between(started, ended).compareTo(story.timeout().plus(GRACE)) > 0) {
      throw broken(Invariant.IN_TIME, ended, "scraper %d waited since %s", scraper, started);
    }
    requireWhole(page, ended);
    var source = new Source(exporter, scraper);
    Double age = page.value(Series.of("sentry_probe_data_age_seconds", "collector", COLLECTOR));
    boolean hasCounters = page.samples().keySet().stream().anyMatch(CounterJudge::isCounter);
    if (age == null) {
      if (hasCounters) {
        throw broken(
            Invariant.NEVER_ZERO, ended, "counters without the age of an answer: %s", page);
      }
      requireEvidence(source, Set.of(), ended);
      return;
    }
    Duration since = Duration.ofMillis(Math.round(age * 1e3));
    Duration took = Duration.between(started, ended);
    if (since.compareTo(story.maxStale().plus(took)) > 0) {
      throw broken(Invariant.NOT_STALE, ended, "data of exporter %d is %s old", exporter, since);
    }
    Instant earliest = started.minus(since);
    Instant latest = ended.minus(since);
    if (hasCounters) {
      readings.requireRecent(exporter, ended);
    }
    requireEvidence(source, page.samples().keySet(), ended);
    if (hasCounters) {
      counters.scraped(source, ended, readings.behind(exporter, earliest, latest, ended), page);
    }
    if (started.isAfter(newInstance.getOrDefault(exporter, Instant.MIN))) {
      seen.put(source, new Seen(earliest, new HashSet<>(page.samples().keySet())));
    }
  }

  /// Without an answer there is a reason: the exporter is down.
  private void requireDown(int exporter, int scraper, Instant started, Instant ended, Page page) {
    boolean isDown =
        Stream.of(Kind.CRASH, Kind.CRASH_WITHOUT_STORAGE)
            .flatMap(kind -> story.faults().stream().filter(fault -> fault.kind() == kind))
            .filter(fault -> fault.target() % story.exporters() == exporter)
            .anyMatch(fault ->
                !story.from(fault).isAfter(ended) && !story.until(fault).isBefore(started));
    if (isDown) {
      return;
    }
    if (page.status() != 0) {
      throw broken(Invariant.WELL_FORMED, ended, "status %d", page.status());
    }
    throw broken(
        Invariant.IN_TIME,
        ended,
        "scraper %d has had no answer of exporter %d since %s",
        scraper,
        exporter,
        started);
  }

  private void requireWhole(Page page, Instant at) {
    Double success = page.value(Series.of("sentry_probe_success"));
    Double collector =
        page.value(Series.of("sentry_probe_collector_success", "collector", COLLECTOR));
    if (success == null
        || collector == null
        || page.value(Series.of("sentry_probe_duration_seconds")) == null) {
      throw broken(Invariant.WELL_FORMED, at, "a page lacks what each page has: %s", page);
    }
    boolean hasReason =
        page.samples().keySet().stream()
            .anyMatch(series ->
                series.name().equals("sentry_probe_failure_info")
                    && !series.label("reason").equals("unsupported")); // is no failure
    boolean lacksEndpoint =
        page.samples().keySet().stream()
            .anyMatch(series -> series.label("reason").equals("unsupported"));
    boolean hasData =
        page.samples().keySet().stream()
            .anyMatch(series -> series.name().equals("sentry_probe_data_age_seconds"));
    boolean mayFail = hasReason || (lacksEndpoint && !hasData);
    if (success == 1 ? hasReason : !mayFail) {
      throw broken(Invariant.WELL_FORMED, at, "success %s, reason %b", success, hasReason);
    }
    if (collector == 1
        && !lacksEndpoint
        && page.samples().keySet().stream().noneMatch(CounterJudge::isCounter)) {
      boolean mayBeEmpty = counters.isTouched(at);
      if (!mayBeEmpty) {
        throw broken(Invariant.WELL_FORMED, at, "success without data: %s", page);
      }
    }
  }

  /// What a page had is on the next one too, until its answer is too old.
  private void requireEvidence(Source source, Set<Series> present, Instant at) {
    Seen before = seen.get(source);
    if (before == null || !at.isBefore(before.received().plus(story.maxStale()).minus(GRACE))) {
      return;
    }
    for (Series series : before.series()) {
      if (CounterJudge.isCounter(series)
          && !present.contains(series)
          && counters.isSure(series, at)) {
        throw broken(
            Invariant.EVIDENCE,
            at,
            "%s is gone, though exporter %d had it at %s",
            series,
            source.exporter(),
            before.received());
      }
    }
  }

  /// An exporter has stopped, at once; what it had in memory is gone.
  void crashed(int exporter, boolean withStorage, Instant at) {
    seen.keySet().removeIf(source -> source.exporter() == exporter);
    readings.crashed(exporter);
    counters.crashed(exporter, withStorage);
    requests.forgets(exporter);
  }

  /// An exporter has read its configuration again.
  ///
  /// @param isNewInstance whether its instance is another one, with nothing in memory but marks
  void reloaded(int exporter, boolean isNewInstance, Instant at) {
    if (isNewInstance) {
      newInstance.put(exporter, at);
      seen.keySet().removeIf(source -> source.exporter() == exporter);
    }
  }

  /// An exporter has sent a request, and this will come of it.
  void requested(int exporter, HttpGet request, Instant at, World.Reply reply) {
    digest = 31 * digest + exporter;
    digest = 31 * digest + at.hashCode();
    digest = 31 * digest + request.uri().hashCode();
    try {
      requests.requested(exporter, request, at, reply);
      readings.requested(exporter, request, at, reply);
    } catch (Broken e) {
      broken = broken == null ? e : broken;
    }
  }

  private void check() {
    if (broken != null) {
      throw broken;
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation's library is none of the tests'
  private Broken broken(Invariant invariant, Instant at, String words, Object... values) {
    return broken(story, invariant, at, words, values);
  }

  @SuppressWarnings("AnnotateFormatMethod") // as above
  static Broken broken(
      Story story, Invariant invariant, Instant at, String words, Object... values) {
    var when = Story.text(Duration.between(story.start(), at));
    return new Broken(invariant, "after " + when + ": " + words.formatted(values));
  }

  /// What identifies the run so far: all pages and requests, with their times.
  long digest() {
    check();
    return digest;
  }
}
