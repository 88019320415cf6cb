package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last link: one HTTP request per call, counted and timed.
public final class HttpTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(HttpTransport.class);

  private final HttpClient http;
  private final ExporterMetrics metrics;
  private final LongSupplier nanoTime;

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public HttpTransport(HttpClient http, ExporterMetrics metrics, LongSupplier nanoTime) {
    this.http = http;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException {
    if (call.isRetry()) {
      metrics.apiRetry(call.endpoint().name());
    }
    long started = nanoTime.getAsLong();
    try {
      HttpAnswer answer = http.get(call.request(), call.wanted()::contains, deadline);
      ended(call, Integer.toString(answer.status()), started);
      return new Answer(answer, nanoTime.getAsLong(), Answer.Source.ASKED, 1, Duration.ZERO);
    } catch (HttpFailure failure) {
      SentryException exception = translated(failure);
      ended(call, Reason.of(exception).label(), started);
      throw exception;
    }
  }

  private void ended(Call call, String code, long started) {
    var duration = Duration.ofNanos(nanoTime.getAsLong() - started);
    metrics.apiRequest(call.endpoint().name(), code, duration);
    log.atDebug()
        .addKeyValue("endpoint", call.endpoint().name())
        .addKeyValue("path", () -> path(call.request().uri()))
        .addKeyValue("code", code)
        .addKeyValue("seconds", duration.toNanos() / 1e9)
        .log("request to sentry ended");
  }

  /// With the query, without user and host.
  private static String path(URI uri) {
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + '?' + uri.getRawQuery();
  }

  private static SentryException translated(HttpFailure failure) {
    String message = String.valueOf(failure.getMessage());
    int status = failure.status();
    long length = failure.contentLength();
    return switch (failure) {
      case HttpFailure.UnknownHost _ -> new SentryException.UnknownHost(message);
      case HttpFailure.ConnectFailed _ -> new SentryException.NoConnection(message);
      case HttpFailure.BrokenOff _ -> new SentryException.ConnectionClosed(message, status, length);
      case HttpFailure.NotHttp _ -> new SentryException.NotHttp(message, status, length);
      case HttpFailure.TlsFailed _ -> new SentryException.Untrusted(message);
      case HttpFailure.TimedOut _ -> new SentryException.TimedOut(message, status, length);
      case HttpFailure.Cancelled _ -> new SentryException.Cancelled(message, status, length);
      case HttpFailure.TooLarge _ -> new SentryException.TooLarge(message, status, length);
      case HttpFailure.RedirectRefused _ ->
          new SentryException.RedirectRefused(message, status, length);
    };
  }
}
