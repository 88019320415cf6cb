package io.sentryexporter.app;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.config.Config;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.probe.FailureLog;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.PageMemory;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentryClient.Dependencies;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The objects of an exporter, joined as [App] joins them, with calls to Sentry, threads and time
/// that are handed in, and no listener.
public final class JoinedExporter implements AutoCloseable {
  private static final long HEAP_BYTES = 256L << 20;

  /// As many as [App] gives an instance.
  private static final int MOST_FETCHES = 128;

  private static final WebSettings WEB =
      new WebSettings(
          "",
          "",
          "",
          "/metrics",
          Set.of(WebSettings.Part.values()),
          0,
          Duration.ofMillis(500),
          CreatedSeries.LEFT_OUT,
          false);

  private final InstanceMarks marks;
  private final HttpProber httpProber;
  private final FailureLog failures;
  private final ConfigReloader configuration;
  private final Handler routes;

  /// @param threads runs collectors and fetches
  /// @param storage the folder of `--storage.path`
  public JoinedExporter(
      Supplier<Config.Result> source,
      RequestSender.Http http,
      TimeSource time,
      Executor threads,
      Path storage,
      Duration secondReading,
      Random random)
      throws StartException {
    ExporterMetrics metrics = TestMetrics.create();
    var memory = Memory.ofHeap(HEAP_BYTES);
    this.failures = new FailureLog(time::nanoTime);
    this.marks = new InstanceMarks(MarksStorage.in(storage), metrics.sentry(), time::nanoTime);
    var dependencies =
        new Dependencies(
            http,
            metrics,
            time,
            random,
            () -> Threads.bounded(threads, MOST_FETCHES),
            memory,
            marks,
            secondReading);
    this.configuration =
        new ConfigReloader(
            source, instance -> new SentryClient(instance, dependencies), metrics, time);
    this.httpProber =
        new HttpProber(
            RequestSender.ofProbes(http, metrics, time),
            new AnswerCache(metrics, memory, time, threads),
            time,
            failures);
    configuration.start();
    var history = new ProbeHistory(100);
    var probes =
        new Probes(
            httpProber,
            new SentryProber(
                threads,
                PageMemory.ofHeap(HEAP_BYTES, metrics),
                WEB.created(),
                metrics,
                failures,
                time),
            history,
            metrics,
            time);
    this.routes =
        new Routes(
                WEB,
                new Routes.Dependencies(
                    configuration::active,
                    this::reload,
                    probes,
                    history,
                    metrics,
                    time,
                    "http",
                    "1.2.3"))
            .at(new ListenAddress("localhost", 9412));
    configuration.serving();
  }

  public Response answer(Request request) throws InterruptedException {
    return routes.handle(request);
  }

  /// Activates the configuration as it is now, and returns its errors.
  public List<String> reload() {
    List<String> errors = configuration.reload();
    if (errors.isEmpty()) {
      httpProber.forgetRefusals();
      failures.reloaded();
    }
    return errors;
  }

  /// Lets others have the storage.
  @Override
  public void close() {
    marks.close();
  }
}
