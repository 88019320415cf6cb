package io.sentryexporter.probe;

import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.collector.Scope;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.ProbeMetrics.SeriesTruncation;
import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `prober: sentry`: runs the collectors of a module side by side, each failing alone.
public final class SentryProber {
  /// The metrics that a probe may return in addition to those of its collectors, in the order of
  /// the page.
  public static final List<Metric> DECLARED =
      List.of(
          ProbeMetrics.SUCCESS,
          ProbeMetrics.DURATION,
          ProbeMetrics.COLLECTOR_SUCCESS,
          ProbeMetrics.COLLECTOR_DURATION,
          ProbeMetrics.DATA_AGE,
          ProbeMetrics.FAILURE,
          ProbeMetrics.SERIES_TRUNCATED);

  /// Time that a collector has after the deadline to return an old answer that stands in; the
  /// scrape's own timeout is later.
  private static final Duration GRACE = Duration.ofMillis(250);

  private static final Logger log = LoggerFactory.getLogger(SentryProber.class);

  /// Expected series per project of a page that has not been rendered yet, rounded up.
  private static final int SERIES_OF_PROJECT = 64;

  private final Executor helpers;
  private final PageMemory memory;
  private final CreatedSeries created;
  private final ExporterMetrics metrics;
  private final FailureLog failures;
  private final TimeSource time;

  /// @param helpers runs collectors, which wait for Sentry; may refuse when there are too many
  public SentryProber(
      Executor helpers,
      PageMemory memory,
      CreatedSeries created,
      ExporterMetrics metrics,
      FailureLog failures,
      TimeSource time) {
    this.helpers = helpers;
    this.memory = memory;
    this.created = created;
    this.metrics = metrics;
    this.failures = failures;
    this.time = time;
  }

  /// Probes once. Errors of Sentry are part of the result; the trace records each step.
  ///
  /// @throws PageMemory.NoRoomException if there is no memory for the page before the deadline
  public ProbeResult probe(
      ProbeRequest.OfSentry request, Exposition format, Deadline deadline, Trace trace)
      throws PageMemory.NoRoomException, InterruptedException {
    long started = time.nanoTime();
    var collectors = request.module().collectors();
    var page = new ProbeMetrics();
    Scope scope;
    List<Object> scopeBasis;
    try (var half = deadline.half(); // a list that hangs leaves time for what needs none
        var _ = deadline.onEnd(half::cancel)) {
      SentrySession names = request.sentry().api(CachePolicy.NAMES, half);
      Target asked = names.resolved(request.asked());
      scope =
          asked == null
              ? Scope.unknown(request.asked().organization(), request.asked().project())
              : scopeOf(names, asked, request.instance());
      scopeBasis = names.basis();
      notes(trace, "scope", names);
      SentryException failure = names.failure();
      if (failure != null
          && !scope.isKnown()
          && (asked == null
              || !concernsOnlyProjects(failure.reason())
              || request.instance().selectsProjects())) { // of unknown projects any may be excluded
        var failed = Failure.of(failure);
        trace.info(
            "no collector can run", "reason", failed.reason().label(), "error", failed.error());
        var result = ProbeMetrics.CollectorResult.failed(failed, since(started));
        collectors.forEach(collector -> page.add(collector, result));
        return result(request, scope, page, null, since(started), trace);
      }
    }
    var key = new Key(request.module(), request.target());
    long estimate = (long) SERIES_OF_PROJECT * Math.max(1, scope.byId().size());
    try (var room = memory.admit(key, format, estimate, deadline)) {
      var run = new Run(request, scope, deadline, trace);
      var runner = new CollectorRunner<>(collectors.stream().map(run::task).toList(), helpers);
      runner.run(deadline, GRACE);
      for (int i = 0; i < collectors.size(); i++) {
        ProbeMetrics.CollectorResult result = runner.result(i);
        page.add(collectors.get(i), result == null ? missing(deadline, started) : result);
      }
      List<Object> basis = List.of(scope.organization(), scopeBasis, page.basis());
      PageMemory.Reading shared = render(request, scope, basis, page, room);
      page.broken(shared.rendering().broken());
      return result(request, scope, page, shared, since(started), trace);
    } catch (PageMemory.GoneException _) {
      return result(request, scope, page, null, since(started), trace);
    }
  }

  /// Identifies scrapes that share a page.
  private record Key(SentryModule module, String target) {}

  private PageMemory.Reading render(
      ProbeRequest.OfSentry request,
      Scope scope,
      List<Object> basis,
      ProbeMetrics page,
      PageMemory.Room room)
      throws PageMemory.NoRoomException, PageMemory.GoneException, InterruptedException {
    return room.render(
        basis,
        () -> {
          var cut = new SeriesTruncation(request.module().limits(), created);
          Rendering.Made made = page.ofCollectors(scope.organization(), cut, room);
          return Rendering.of(basis, created, metrics, made, room);
        });
  }

  private static Scope scopeOf(SentrySession sentry, Target target, Instance instance)
      throws InterruptedException {
    String organization = target.organization();
    String slug = target.project();
    if (slug == null) {
      List<Project> all = sentry.projects(organization);
      if (all == null) {
        return Scope.unknown(organization, null);
      }
      return instance.selectsProjects()
          ? Scope.ofSelected(organization, all)
          : Scope.ofOrganization(organization, all);
    }
    Project one = sentry.project(organization, slug);
    return one == null ? Scope.unknown(organization, slug) : Scope.ofProject(organization, one);
  }

  /// Whether other endpoints may answer although the projects are not known.
  private static boolean concernsOnlyProjects(Reason reason) {
    return switch (reason) {
      case SCOPE,
          TIMEOUT,
          CONNECTION_CLOSED,
          PROTOCOL,
          RATE_LIMITED,
          UPSTREAM_5XX,
          PARSE,
          TOO_LARGE,
          TRUNCATED,
          REJECTED ->
          true;
      case DNS,
          CONNECT,
          TLS,
          AUTH,
          NOT_FOUND,
          NOT_ALLOWED,
          REDIRECT,
          NOT_SENTRY,
          UNSUPPORTED,
          CONFIG,
          CANCELLED,
          INTERNAL ->
          false;
    };
  }

  private ProbeResult result(
      ProbeRequest.OfSentry request,
      Scope scope,
      ProbeMetrics page,
      PageMemory.@Nullable Reading shared,
      Duration duration,
      Trace trace) {
    SeriesTruncation.Counts truncated =
        shared == null ? SeriesTruncation.Counts.NONE : shared.rendering().truncated();
    List<MetricFamily> own = page.own(truncated, duration);
    metrics.seriesTruncated(ProbeMetrics.BEYOND_PAGE, truncated.page());
    metrics.seriesTruncated(ProbeMetrics.BEYOND_PROJECT, truncated.project());
    String failure = page.failureText();
    failures.ended(
        new FailureLog.Place.Organization(request.instance().name(), scope.organization()),
        trace,
        page.failures());
    String seconds = "" + duration.toNanos() / 1e9;
    if (failure == null) {
      trace.info("probe succeeded", "duration_seconds", seconds);
    } else {
      trace.info("probe failed", "reason", failure, "duration_seconds", seconds);
    }
    Failure cause = page.cause();
    return new ProbeResult(
        trace,
        failure,
        cause == null ? null : cause.shownBy(trace),
        page.age(),
        duration,
        shared,
        own,
        page.failed());
  }

  /// The result of a collector that has not returned.
  private ProbeMetrics.CollectorResult missing(Deadline deadline, long started) {
    var failure =
        switch (deadline.state()) {
          case OPEN -> new Failure(Reason.INTERNAL, "the collector ended without a result");
          case EXPIRED -> new Failure(Reason.TIMEOUT, "no answer before the probe's deadline");
          case CANCELLED -> new Failure(Reason.CANCELLED, "the client hung up");
        };
    return ProbeMetrics.CollectorResult.failed(failure, since(started));
  }

  private static void notes(Trace trace, String collector, SentrySession api) {
    for (SentrySession.Note note : api.notes()) {
      String failure = note.failure();
      AnswerCache.Source source = note.source();
      trace.debug(
          failure == null ? "sentry has answered" : "sentry has no new answer",
          "collector",
          collector,
          "request",
          note.request(),
          "source",
          source == null ? "none" : source.name().toLowerCase(Locale.ROOT),
          "age_seconds",
          String.valueOf(note.age().toMillis() / 1e3),
          "error",
          failure == null ? "none" : failure);
      for (String dropped : note.dropped()) {
        trace.info(
            "left out of the answer",
            "collector",
            collector,
            "request",
            note.request(),
            "what",
            dropped);
      }
    }
  }

  private Duration since(long started) {
    return Duration.ofNanos(time.nanoTime() - started);
  }

  /// State shared by the collectors of one probe.
  private final class Run {
    private final ProbeRequest.OfSentry request;
    private final Scope scope;
    private final Deadline deadline;
    private final Trace trace;

    private Run(ProbeRequest.OfSentry request, Scope scope, Deadline deadline, Trace trace) {
      this.request = request;
      this.scope = scope;
      this.deadline = deadline;
      this.trace = trace;
    }

    CollectorRunner.Task<ProbeMetrics.CollectorResult> task(ConfiguredCollector collector) {
      return () -> collect(collector);
    }

    private ProbeMetrics.CollectorResult collect(ConfiguredCollector collector)
        throws InterruptedException {
      long started = time.nanoTime();
      String name = collector.type().name();
      SentrySession api = request.sentry().api(collector.policy(), deadline);
      try {
        Scope known = scope;
        List<Object> scopeBasis = List.of();
        if (!scope.isKnown() && collector.collector().needsProjects(scope)) {
          SentrySession names = request.sentry().api(CachePolicy.NAMES, deadline);
          known =
              scopeOf(names, new Target(scope.organization(), scope.slug()), request.instance());
          scopeBasis = names.basis();
          if (!known.isKnown()) {
            return ended(name, List::of, scopeBasis, null, names.failure(), started);
          }
        }
        var families = collector.collector().collect(api, known, request.sentry().now());
        List<Object> basis = List.of(scopeBasis, api.basis());
        return ended(name, families, basis, api.age(), api.failure(), started);
      } catch (RuntimeException e) { // a bug must not cost the other collectors
        log.atError()
            .addKeyValue("collector", name)
            .addKeyValue("target", request.target())
            .setCause(e)
            .log("internal error in a collector");
        trace.info("collector failed", "collector", name, "reason", Reason.INTERNAL.label());
        return ProbeMetrics.CollectorResult.failed(
            new Failure(Reason.INTERNAL, e.toString()), since(started));
      } finally {
        notes(trace, name, api);
      }
    }

    private ProbeMetrics.CollectorResult ended(
        String name,
        Supplier<List<MetricFamily>> families,
        List<Object> basis,
        @Nullable Duration age,
        @Nullable SentryException failure,
        long started) {
      Failure failed = failure == null ? null : Failure.of(failure);
      if (failed != null) {
        trace.info(
            age == null ? "collector failed" : "collector has not all data",
            "collector",
            name,
            "reason",
            failed.reason().label(),
            "error",
            failed.error());
      }
      return new ProbeMetrics.CollectorResult(families, basis, age, failed, since(started));
    }
  }
}
