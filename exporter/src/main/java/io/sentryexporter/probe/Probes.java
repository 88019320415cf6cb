package io.sentryexporter.probe;

import io.sentryexporter.http.Header;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.Credentials;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
  public Probed run(ProbeRequest.Accepted request, Exposition format, Cancellation hangUp)
      throws PageMemory.NoRoomException, InterruptedException {
    try (var deadline = time.deadline(request.timeout());
        var _ = hangUp.onCancel(deadline::cancel)) {
      return run(request, format, deadline);
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

  private Probed run(ProbeRequest.Accepted request, Exposition format, Deadline deadline)
      throws PageMemory.NoRoomException, InterruptedException {
    String module = request.module().name();
    Instant started = time.instant();
    var trace = new Trace(time, module, request.target(), redactor(request));
    boolean succeeded = false;
    long begun = time.nanoTime();
    metrics.probeStarted();
    try {
      var result = probe(request, format, deadline, trace);
      succeeded = result.succeeded();
      var kept = history.add(started, module, request.target(), result, trace);
      return new Probed(kept, result.figures(), result.families());
    } finally {
      metrics.probeEnded(module, succeeded, Duration.ofNanos(time.nanoTime() - begun));
    }
  }

  private ProbeResult probe(
      ProbeRequest.Accepted request, Exposition format, Deadline deadline, Trace trace)
      throws PageMemory.NoRoomException, InterruptedException {
    return switch (request) {
      case ProbeRequest.OfHttp http ->
          httpProber.probe(http.module(), http.target(), deadline, trace);
      case ProbeRequest.OfSentry sentry -> sentryProber.probe(sentry, format, deadline, trace);
    };
  }

  /// Hides a token that is part of the configuration. A token in a file is known only to package
  /// `sentry`, whose messages contain none.
  private static SecretRedactor redactor(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Token(Secret token) -> SecretRedactor.ofHeaders(List.of(token));
      case Credentials.TokenFile _ -> SecretRedactor.NONE;
    };
  }

  private static SecretRedactor redactor(ProbeRequest.Accepted request) {
    return switch (request) {
      case ProbeRequest.OfHttp http -> Header.redactor(http.module().headers());
      case ProbeRequest.OfSentry sentry -> redactor(sentry.instance().credentials());
    };
  }
}
