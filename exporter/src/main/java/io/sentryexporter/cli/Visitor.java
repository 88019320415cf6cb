package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.http.HttpSettings;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/// Sends requests to a running exporter, as a person with curl does.
final class Visitor implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String exporter;
  private final HttpClient http = new HttpClient(HttpSettings.standard("demo"));
  private final TimeSource time = TimeSource.system(Executors.newSingleThreadScheduledExecutor());

  Visitor(String exporter) {
    this.exporter = exporter;
  }

  /// The body of the answer, or why there is none.
  String get(String path) {
    try (var deadline = time.deadline(PATIENCE)) {
      var request = new HttpGet(URI.create(exporter + path), List.of());
      return new String(http.get(request, _ -> true, deadline).body(), UTF_8);
    } catch (HttpFailure e) {
      return "no answer: " + e.getMessage() + "\n";
    }
  }

  @Override
  public void close() {
    time.close();
    http.close();
  }
}
