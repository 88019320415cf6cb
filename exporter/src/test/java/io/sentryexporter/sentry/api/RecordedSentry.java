package io.sentryexporter.sentry.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.wire.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Answers with prepared responses, and records the requests.
public class RecordedSentry implements Fetching {
  private static final Path EXAMPLES = Path.of("simulator/src/test/resources/sentry/examples");

  private final Instant now;
  private final List<Project> projects;
  private final Answering answering;
  private final List<ApiGet> requests = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private int truncated;

  /// The way it answers.
  public interface Answering {
    HttpAnswer answer(ApiGet request) throws SentryException;
  }

  public RecordedSentry(String now, int projects, Answering answering) {
    this.now = Instant.parse(now);
    this.projects =
        LongStream.rangeClosed(1, projects)
            .mapToObj(id -> new Project(id, "project-" + id, "python", List.of()))
            .toList();
    this.answering = answering;
  }

  /// A Sentry of four projects that always returns the same.
  public static RecordedSentry answering(String now, HttpAnswer answer) {
    return new RecordedSentry(now, 4, _ -> answer);
  }

  public static HttpAnswer json(String body, String... headers) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    fields.add(Map.entry("Content-Type", "application/json"));
    for (String header : headers) {
      String[] parts = header.split(": ", 2);
      fields.add(Map.entry(parts[0], parts[1]));
    }
    byte[] bytes = body.getBytes(UTF_8);
    return new HttpAnswer(200, Headers.of(fields), bytes, bytes.length);
  }

  /// A published answer, with the headers that came with it.
  public static HttpAnswer example(String name) {
    try {
      Path headers = EXAMPLES.resolve(name + ".headers");
      String[] fields =
          Files.exists(headers)
              ? Files.readAllLines(headers).stream()
                  .filter(line -> line.contains(": ") && !line.startsWith("Content-Type"))
                  .toArray(String[]::new)
              : new String[0];
      return json(Files.readString(EXAMPLES.resolve(name + ".json")), fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public HttpAnswer get(ApiGet request) throws SentryException {
    requests.add(request);
    return answering.answer(request);
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public List<Project> projects() {
    return projects;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void dropped(DropCause cause, String what) {
    dropped.add(cause.label() + ": " + what);
  }

  /// Data left out of the answers so far.
  public List<String> dropped() {
    return dropped;
  }

  @Override
  public void truncated() {
    truncated++;
  }

  public List<ApiGet> requests() {
    return requests;
  }

  public int timesTruncated() {
    return truncated;
  }

  /// The values of a parameter, in order.
  public static List<String> values(ApiGet request, String name) {
    return request.query().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(ApiGet.Parameter::value)
        .toList();
  }
}
