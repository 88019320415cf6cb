package io.sentryexporter.probe;

import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.collector.Scope;
import io.sentryexporter.http.Deadline;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.Freshness;
import io.sentryexporter.sentry.Sentry;
import io.sentryexporter.sentry.SentryApi;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `prober: sentry`: runs the collectors of a module side by side, each failing alone.
public final class SentryProber {
  /// What a probe may answer besides its collectors' figures, in the order of the page.
  public static final List<Metric> DECLARED =
      List.of(
          SentryPage.SUCCESS,
          HttpProber.DURATION,
          SentryPage.COLLECTOR_SUCCESS,
          SentryPage.COLLECTOR_DURATION,
          SentryPage.DATA_AGE,
          SentryPage.FAILURE,
          SentryPage.SERIES_DROPPED);

  /// Of the list of projects. Names grow old slowly, and without them there would be no figures.
  private static final Freshness NAMES = new Freshness(Duration.ofMinutes(10), Duration.ofDays(1));

  /// What a collector gets after the deadline to come back with an old answer that stands in; the
  /// scrape's own timeout is further off.
  private static final Duration GRACE = Duration.ofMillis(250);

  private static final Logger log = LoggerFactory.getLogger(SentryProber.class);

  private final Executor helpers;
  private final ExporterMetrics metrics;

  /// @param helpers runs collectors, which wait for Sentry; may refuse when there are too many
  public SentryProber(Executor helpers, ExporterMetrics metrics) {
    this.helpers = helpers;
    this.metrics = metrics;
  }

  /// Probes once. What Sentry does wrong is part of the result; the trace tells what happened.
  public ProbeResult probe(ProbeRequest.OfSentry request, Deadline deadline, Trace trace)
      throws InterruptedException {
    long started = System.nanoTime();
    var collectors = request.module().collectors();
    var page = new SentryPage();
    try {
      Scope scope = scope(request.sentry(), request.asked(), deadline, trace);
      var run = new Run(request, scope, deadline, trace);
      var tasks = collectors.stream().map(run::task).toList();
      var sideBySide = new SideBySide<>(tasks, helpers);
      sideBySide.run(deadline, GRACE);
      for (int i = 0; i < collectors.size(); i++) {
        CollectorResult result = sideBySide.result(i);
        page.add(collectors.get(i), result == null ? missing(deadline, started) : result);
      }
    } catch (SentryException e) {
      var reason = Reason.of(e);
      tell(trace, "no collector can run", reason, e);
      var failed = new CollectorResult.Failed(reason, since(started));
      collectors.forEach(collector -> page.add(collector, failed));
    }
    return result(request, page, since(started), trace);
  }

  private static Scope scope(Sentry sentry, Target target, Deadline deadline, Trace trace)
      throws SentryException, InterruptedException {
    SentryApi api = sentry.api(NAMES, deadline);
    try {
      String project = target.project();
      return project == null
          ? Scope.ofOrganization(target.organization(), api.projects(target.organization()))
          : Scope.ofProject(target.organization(), api.project(target.organization(), project));
    } finally {
      tellNotes(trace, "scope", api);
    }
  }

  private ProbeResult result(
      ProbeRequest.OfSentry request, SentryPage page, Duration duration, Trace trace) {
    var cut = new SeriesCut(request.module().limits());
    List<MetricFamily> families = page.families(request.asked().organization(), cut, duration);
    metrics.seriesDropped(SentryPage.BEYOND_PAGE, cut.beyondPage());
    metrics.seriesDropped(SentryPage.BEYOND_PROJECT, cut.beyondProject());
    var result = new ProbeResult(page.failure(), page.failed(), duration, families);
    String seconds = "" + duration.toNanos() / 1e9;
    String failure = result.failureText();
    if (failure == null) {
      trace.info("probe succeeded", "duration_seconds", seconds);
    } else {
      trace.info("probe failed", "reason", failure, "duration_seconds", seconds);
    }
    return result;
  }

  /// Of a collector that has not come back.
  private static CollectorResult missing(Deadline deadline, long started) {
    Reason reason =
        switch (deadline.state()) {
          case OPEN -> Reason.INTERNAL;
          case EXPIRED -> Reason.TIMEOUT;
          case CANCELLED -> Reason.CANCELLED;
        };
    return new CollectorResult.Failed(reason, since(started));
  }

  private static void tell(Trace trace, String what, Reason reason, Exception failure) {
    trace.info(what, "reason", reason.label(), "error", String.valueOf(failure.getMessage()));
  }

  private static void tellNotes(Trace trace, String collector, SentryApi api) {
    for (SentryApi.Note note : api.notes()) {
      String failure = note.failure();
      Answer.Source source = note.source();
      trace.debug(
          failure == null ? "sentry has answered" : "sentry has no new answer",
          "collector",
          collector,
          "question",
          note.question(),
          "source",
          source == null ? "none" : source.name().toLowerCase(Locale.ROOT),
          "age_seconds",
          String.valueOf(note.age().toMillis() / 1e3),
          "error",
          failure == null ? "none" : failure);
    }
  }

  private static Duration since(long started) {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /// What the collectors of one probe share.
  private record Run(ProbeRequest.OfSentry request, Scope scope, Deadline deadline, Trace trace) {
    SideBySide.Task<CollectorResult> task(ConfiguredCollector collector) {
      return () -> collect(collector);
    }

    private CollectorResult collect(ConfiguredCollector collector) throws InterruptedException {
      long started = System.nanoTime();
      String name = collector.type().name();
      SentryApi api = request.sentry().api(collector.freshness(), deadline);
      try {
        var families = collector.collector().collect(api, scope, request.sentry().now());
        SentryException stale = api.failure();
        return new CollectorResult.Collected(
            families, api.age(), stale == null ? null : Reason.of(stale), since(started));
      } catch (SentryException e) {
        var reason = Reason.of(e);
        trace.info(
            "collector failed",
            "collector",
            name,
            "reason",
            reason.label(),
            "error",
            String.valueOf(e.getMessage()));
        return new CollectorResult.Failed(reason, since(started));
      } catch (RuntimeException e) { // our bug, which must not cost the other collectors
        log.atError()
            .addKeyValue("collector", name)
            .addKeyValue("target", request.target())
            .setCause(e)
            .log("internal error in a collector");
        trace.info("collector failed", "collector", name, "reason", Reason.INTERNAL.label());
        return new CollectorResult.Failed(Reason.INTERNAL, since(started));
      } finally {
        tellNotes(trace, name, api);
      }
    }
  }
}
