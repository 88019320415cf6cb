package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// What an instance can do for each organization, and what its token may, as its answers showed.
final class Capabilities {
  private static final Duration MEMORY = Duration.ofDays(1);

  /// Of an endpoint that was there before, or of which somebody else than Sentry has said that it
  /// is not: a proxy may have spoken, or a server in the middle of an upgrade.
  private static final Duration SHORT_MEMORY = Duration.ofMinutes(10);

  /// Between two answers that an endpoint which has worked is not there: several questions of one
  /// refresh ask the same endpoint.
  private static final Duration DOUBT = Duration.ofSeconds(30);

  /// A token that may not is asked again minutes later, as long as anybody asks.
  private static final Duration MEMORY_OF_REFUSAL = Duration.ofHours(1);

  /// What is found out is told as long as it is believed, and until it can have been tried again.
  private static final Duration TOLD_BEYOND = Duration.ofHours(1);

  private static final List<Endpoint> BASICS =
      List.of(Endpoint.PROJECTS, Endpoint.PROJECT, Endpoint.PROJECT_STATS);
  private static final int MOST = 10_000;

  private final LongSupplier nanoTime;
  private final Map<Place, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  private record Place(String organization, Endpoint endpoint) {}

  private enum State {
    AVAILABLE,
    /// It was there, and once it was not: a proxy may have spoken.
    DOUBTED,
    ABSENT,
    FORBIDDEN
  }

  /// @param since when it was found out
  /// @param memory how long it is believed
  private record Known(State state, long since, Duration memory) {}

  Capabilities(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @throws SentryException.Unsupported if the endpoint was found absent and it is too early to
  ///   ask again
  synchronized void require(String organization, Endpoint endpoint)
      throws SentryException.Unsupported {
    Known now = known.get(new Place(organization, endpoint));
    if (now != null
        && now.state() == State.ABSENT
        && nanoTime.getAsLong() - now.since() < now.memory().toNanos()) {
      throw new SentryException.Unsupported(
          "this server does not have "
              + endpoint.path()
              + " for "
              + organization
              + ", or has it switched off; it is asked again daily",
          404);
    }
  }

  void worked(String organization, Endpoint endpoint) {
    learn(organization, endpoint, State.AVAILABLE, MEMORY);
  }

  /// The answer was that there is no such endpoint.
  ///
  /// @param isSentrysWord whether it was in a form that Sentry has for that
  /// @return whether it is believed: of an endpoint that has worked only at another refresh
  synchronized boolean absent(String organization, Endpoint endpoint, boolean isSentrysWord) {
    Known before = known.get(new Place(organization, endpoint));
    if (before != null && before.state() == State.AVAILABLE) {
      learn(organization, endpoint, State.DOUBTED, MEMORY);
      return false;
    }
    boolean surprise = false;
    if (before != null && before.state() == State.DOUBTED) {
      surprise = true;
      if (nanoTime.getAsLong() - before.since() < DOUBT.toNanos()) {
        return false;
      }
    }
    learn(organization, endpoint, State.ABSENT, surprise || !isSentrysWord ? SHORT_MEMORY : MEMORY);
    return true;
  }

  void forbidden(String organization, Endpoint endpoint) {
    learn(organization, endpoint, State.FORBIDDEN, MEMORY_OF_REFUSAL);
  }

  /// Whether Sentry has ever answered for the organization.
  synchronized boolean isKnown(String organization) {
    return BASICS.stream()
        .map(endpoint -> known.get(new Place(organization, endpoint)))
        .anyMatch(now -> now != null && isThere(now.state()));
  }

  /// What was found out, by organization and endpoint; without what nobody has asked about lately.
  synchronized List<Capability> all() {
    return known.entrySet().stream()
        .filter(entry -> isTold(entry.getValue()))
        .filter(entry -> entry.getValue().state() != State.FORBIDDEN)
        .map(entry ->
            new Capability(
                entry.getKey().organization(),
                entry.getKey().endpoint(),
                isThere(entry.getValue().state())))
        .sorted(
            Comparator.comparing(Capability::organization)
                .thenComparing(capability -> capability.endpoint().name()))
        .toList();
  }

  /// A scope that the token lacks for an organization.
  record MissingScope(String organization, String scope) {}

  synchronized Set<MissingScope> missingScopes() {
    Set<MissingScope> missing = new HashSet<>();
    known.forEach((place, now) -> {
      if (now.state() == State.FORBIDDEN && isTold(now)) {
        missing.add(new MissingScope(place.organization(), place.endpoint().scope()));
      }
    });
    return missing;
  }

  private boolean isTold(Known now) {
    long age = nanoTime.getAsLong() - now.since();
    return age < now.memory().plus(TOLD_BEYOND).toNanos();
  }

  private static boolean isThere(State state) {
    return switch (state) {
      case AVAILABLE, DOUBTED -> true;
      case ABSENT, FORBIDDEN -> false;
    };
  }

  private synchronized void learn(
      String organization, Endpoint endpoint, State state, Duration memory) {
    known.put(new Place(organization, endpoint), new Known(state, nanoTime.getAsLong(), memory));
    if (known.size() > MOST) {
      known.remove(known.keySet().iterator().next());
    }
  }
}
