package io.sentryexporter.testing;

import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Sends a request to any server, as curl does: follows no redirect, adds no header.
public final class Fetch {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private Fetch() {}

  /// The answer to a GET.
  ///
  /// @throws UncheckedIOException without an answer
  public static Reply get(String url, String... headers) {
    return send("GET", url, "", headers);
  }

  /// The answer to any request.
  ///
  /// @throws UncheckedIOException without an answer
  public static Reply send(String method, String url, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .timeout(Duration.ofMinutes(2));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return new Reply(CLIENT.send(request.build(), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + url + ": " + e, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
