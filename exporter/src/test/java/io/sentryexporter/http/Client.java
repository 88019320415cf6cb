package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentryexporter.http.Connector.NameLookup;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpClient.Limits;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.tls.Trust;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// A caller with a timer, as a test uses them.
final class Client implements AutoCloseable {
  static final Duration LONG = Duration.ofMinutes(1);
  static final String USER_AGENT = HttpSettings.userAgent("1.2.3");

  private static final int BODY = Limits.STANDARD.bodyBytes();

  private final TimeSource time = TestTime.real();
  private final HttpClient caller;

  Client(HttpSettings settings, NameLookup.Resolver resolver) {
    this(settings, new NameLookup(resolver, work -> Thread.ofPlatform().daemon().start(work)));
  }

  Client(HttpSettings settings, NameLookup names) {
    this.caller = new HttpClient(settings, time, names);
  }

  static Client with(HttpSettings settings) {
    return new Client(settings, InetAddress::getAllByName);
  }

  static Client standard() {
    return with(Limits.STANDARD);
  }

  static HttpSettings settings() {
    return HttpSettings.standard("1.2.3");
  }

  static Client with(Limits limits) {
    return with(new HttpSettings(limits, USER_AGENT, ProxyRules.NONE, Trust.SYSTEM));
  }

  static Client with(ProxyRules proxies, Trust trust) {
    return with(new HttpSettings(Limits.STANDARD, USER_AGENT, proxies, trust));
  }

  static Limits bodyBytes(int most) {
    return new Limits(most, BODY, 10, 256, Integer.MAX_VALUE);
  }

  static Limits bodyBudget(int bytes) {
    return new Limits(BODY, bytes, 10, 256, Integer.MAX_VALUE);
  }

  static Limits redirects(int most) {
    return new Limits(BODY, BODY, most, 256, Integer.MAX_VALUE);
  }

  static Limits connections(int perOrigin, int inAll) {
    return new Limits(BODY, BODY, 10, perOrigin, inAll);
  }

  static HttpGet request(URI uri, String... namesAndValues) {
    var headers =
        Arrays.stream(namesAndValues)
            .map(line -> line.split(": ", 2))
            .map(parts -> new Header(parts[0], new Secret(parts[1])))
            .toList();
    return new HttpGet(uri, headers);
  }

  HttpClient caller() {
    return caller;
  }

  Deadline deadline(Duration timeout) {
    return time.deadline(timeout);
  }

  HttpAnswer get(URI uri) throws HttpFailure {
    return get(new HttpGet(uri, List.of()));
  }

  HttpAnswer get(HttpGet request) throws HttpFailure {
    try (var deadline = deadline(LONG)) {
      return caller.get(request, status -> status == 200, deadline);
    }
  }

  HttpFailure failure(URI uri) {
    return failure(new HttpGet(uri, List.of()), LONG);
  }

  HttpFailure failure(HttpGet request, Duration timeout) {
    try (var deadline = deadline(timeout)) {
      return failure(request, deadline);
    }
  }

  HttpFailure failure(HttpGet request, Deadline deadline) {
    var failure =
        catchThrowableOfType(
            HttpFailure.class, () -> caller.get(request, status -> status == 200, deadline));
    if (failure == null) {
      throw new AssertionError("the call did not fail");
    }
    return failure;
  }

  /// The failure of a call that a server answers so, once it has read the request's head.
  static HttpFailure failureAfter(RawServer.Script answer) {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              answer.play(peer);
            });
        var client = standard()) {
      return client.failure(request(server.uri("/a?q=1")), LONG);
    }
  }

  /// The status of a call that is answered so.
  static int statusAfter(String answer) throws HttpFailure {
    try (var server = RawServer.answering(answer);
        var client = standard()) {
      return client.get(server.uri("/")).status();
    }
  }

  @Override
  public void close() {
    caller.close();
    time.close();
  }
}
