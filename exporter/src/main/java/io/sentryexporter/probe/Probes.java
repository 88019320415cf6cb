package io.sentryexporter.probe;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Runs probes, and records their traces, their place in the history and the exporter's own
/// metrics.
public final class Probes {
  private final HttpProber httpProber;
  private final SentryProber sentryProber;
  private final ProbeHistory history;
  private final ExporterMetrics metrics;
  private final TimeSource time;

  public Probes(
      HttpProber httpProber,
      SentryProber sentryProber,
      ProbeHistory history,
      ExporterMetrics metrics,
      TimeSource time) {
    this.httpProber = httpProber;
    this.sentryProber = sentryProber;
    this.history = history;
    this.metrics = metrics;
    this.time = time;
  }

  /// Runs one probe to its end on this thread: until its timeout at the latest, or until the client
  /// hangs up.
  ///
  /// @param format of the page
  /// @throws PageMemory.NoRoomException if there is no memory for the page in time
  public ProbeResult run(ProbeRequest.Accepted request, Exposition format, Cancellation hangUp)
      throws PageMemory.NoRoomException, InterruptedException {
    String module = request.module().name();
    var trace = new Trace(time, module, request.target(), request.redactor());
    Instant started = time.instant();
    long begun = time.nanoTime();
    boolean succeeded = false;
    metrics.probeStarted();
    try (var deadline = time.deadline(request.timeout());
        var _ = hangUp.onCancel(deadline::cancel)) {
      ProbeResult result;
      if (request instanceof ProbeRequest.OfSentry sentry) {
        result = sentryProber.probe(sentry, format, deadline, trace);
      } else {
        var http = (ProbeRequest.OfHttp) request;
        result = httpProber.probe(http.module(), http.target(), deadline, trace);
      }
      history.add(started, result);
      metrics.lastHour().probed(time.nanoTime(), result.duration(), result.age());
      succeeded = result.succeeded();
      return result;
    } finally {
      metrics.probeEnded(module, succeeded, Duration.ofNanos(time.nanoTime() - begun));
    }
  }

  /// Counts and logs a request that is refused.
  public void refused(
      @Nullable String target, @Nullable String module, ProbeRequest.Refused refused) {
    metrics.probeRefused();
    if (refused.fault() == ProbeRequest.Fault.UNKNOWN_MODULE) {
      metrics.moduleUnknown();
    }
    String asked = ProbeRequest.moduleName(module);
    new Trace(time, asked, target == null ? "" : target, SecretRedactor.NONE)
        .info("probe refused", "error", refused.message());
  }
}
