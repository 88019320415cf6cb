package io.sentryexporter.simulation;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.simulation.Judge.Invariant;
import io.sentryexporter.simulation.World.Reply;
import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Judges the requests of each exporter: their rate, and the pauses that Sentry requests.
final class RequestJudge {
  static final double SHARE = 0.5;

  /// The header that each instance of an exporter has with a value of its own.
  static final String CLIENT = "X-Client";

  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /// A window ends within a minute; a later end counts as a minute.
  private static final Duration LONGEST_RESET = Duration.ofMinutes(1);

  private final Story story;
  private final Map<Bucket, State> states = new HashMap<>();

  /// What a client of an exporter counts together: after a reload with another instance the old one
  /// ends what it has begun.
  private record Bucket(int exporter, String client, String endpoint) {}

  private static final class State {
    /// Times of the requests of the last second.
    private final Deque<Instant> sent = new ArrayDeque<>();

    /// When the exporter has known the limit; null before.
    private @Nullable Instant limitKnown;

    /// From when to when no request may go, as Sentry has refused one.
    private Instant pauseFrom = Instant.MAX;

    private Instant pauseEnd = Instant.MIN;
  }

  RequestJudge(Story story) {
    this.story = story;
  }

  void requested(int exporter, HttpGet request, Instant at, Reply reply) {
    String endpoint = World.endpoint(World.target(request.uri()));
    String client =
        request.headers().stream()
            .filter(header -> header.name().equalsIgnoreCase(CLIENT))
            .map(header -> header.value().reveal())
            .collect(Collectors.joining());
    State state = states.computeIfAbsent(new Bucket(exporter, client, endpoint), _ -> new State());
    if (at.isAfter(state.pauseFrom) && at.isBefore(state.pauseEnd)) {
      throw Judge.broken(
          story,
          Invariant.WITHIN_SHARE,
          at,
          "exporter %d requests %s, and was refused until %s",
          exporter,
          endpoint,
          state.pauseEnd);
    }
    while (!state.sent.isEmpty() && !state.sent.getFirst().isAfter(at.minus(WINDOW))) {
      state.sent.removeFirst();
    }
    state.sent.addLast(at);
    long most = (long) Math.ceil(story.limit() * SHARE);
    boolean isKnown = state.limitKnown != null && !state.limitKnown.plus(WINDOW).isAfter(at);
    if (isKnown && state.sent.size() > most) {
      throw Judge.broken(
          story,
          Invariant.WITHIN_SHARE,
          at,
          "%d requests of exporter %d to %s in a second, of %d that are its share",
          state.sent.size(),
          exporter,
          endpoint,
          most);
    }
    if (reply instanceof Reply.Answered answered) {
      learn(state, answered, at.plus(answered.latency()));
    }
  }

  private static void learn(State state, Reply.Answered reply, Instant arrived) {
    Headers headers = reply.answer().headers();
    boolean hasLimit = headers.first("X-Sentry-Rate-Limit-Limit").isPresent();
    if (hasLimit && state.limitKnown == null) {
      state.limitKnown = arrived;
    }
    if (reply.answer().status() == 429) {
      Instant end = arrived.plus(pause(headers));
      if (end.isAfter(state.pauseEnd)) {
        state.pauseFrom = arrived;
        state.pauseEnd = end;
      }
    }
  }

  /// A second at least, and what the answer names.
  private static Duration pause(Headers headers) {
    Duration asked =
        headers
            .first("Retry-After")
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .or(() ->
                headers
                    .first("X-Sentry-Rate-Limit-Reset")
                    .map(text -> Duration.ofSeconds(Long.parseLong(text) - date(headers)))
                    .map(reset -> reset.compareTo(LONGEST_RESET) > 0 ? LONGEST_RESET : reset))
            .orElse(Duration.ZERO);
    if (asked.compareTo(WINDOW) < 0) {
      return WINDOW;
    }
    return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
  }

  private static long date(Headers headers) {
    return ZonedDateTime.parse(
            headers.first("Date").orElseThrow(), DateTimeFormatter.RFC_1123_DATE_TIME)
        .toEpochSecond();
  }

  /// How long a reply holds up the fetch that it is for, which sends its request again; zero if it
  /// does not.
  static Duration heldUp(Reply reply) {
    if (!(reply instanceof Reply.Answered(HttpAnswer answer, Duration _))) {
      return Duration.ZERO;
    }
    if (answer.status() == 429) {
      return pause(answer.headers());
    }
    return answer.status() >= 500 ? WINDOW : Duration.ZERO;
  }

  /// A process that starts knows nothing of limits and pauses.
  void forgets(int exporter) {
    states.keySet().removeIf(bucket -> bucket.exporter() == exporter);
  }
}
