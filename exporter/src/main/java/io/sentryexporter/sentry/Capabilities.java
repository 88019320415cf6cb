package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// The endpoints that an instance has for each organization, and the scopes of its token, as its
/// answers showed.
///
/// An endpoint that has worked in this process is never taken for absent.
final class Capabilities {
  private static final Duration SHOWN_AVAILABLE = Duration.ofDays(1);

  /// A finding is shown as long as it is believed, and until it can have been tried again.
  private static final Duration SHOWN_BEYOND = Duration.ofHours(1);

  private static final int MOST = 10_000;

  private final LongSupplier nanoTime;
  private final Map<Place, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Boolean> answered = new LinkedHashMap<>(16, 0.75f, true);

  private record Place(String organization, Endpoint endpoint) {}

  private enum State {
    AVAILABLE,
    ABSENT,
    FORBIDDEN
  }

  /// @param since time of the finding
  /// @param until how long it is believed
  /// @param hasWorked whether the endpoint has ever answered
  private record Known(State state, long since, long until, boolean hasWorked) {}

  Capabilities(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @throws SentryException if the endpoint was found absent and it is too early to request it
  ///   again
  synchronized void require(String organization, Endpoint endpoint) throws SentryException {
    Known now = known.get(new Place(organization, endpoint));
    if (now != null && now.state() == State.ABSENT && nanoTime.getAsLong() - now.until() < 0) {
      throw new SentryException(
          Reason.UNSUPPORTED,
          "this server does not have "
              + endpoint.path()
              + " for "
              + organization
              + ", or has it switched off; it is requested again within a day, and after a reload");
    }
  }

  synchronized void worked(String organization, Endpoint endpoint) {
    long now = nanoTime.getAsLong();
    put(organization, endpoint, new Known(State.AVAILABLE, now, after(SHOWN_AVAILABLE), true));
    if (!organization.isEmpty()) {
      answered.put(organization, true);
      if (answered.size() > MOST) {
        answered.remove(answered.keySet().iterator().next());
      }
    }
  }

  /// The answer was that there is no such endpoint.
  ///
  /// @param isSentrysWord whether it had Sentry's form for a missing endpoint
  /// @return whether it is believed: not of an endpoint that has worked
  synchronized boolean absent(String organization, Endpoint endpoint, boolean isSentrysWord) {
    Known before = known.get(new Place(organization, endpoint));
    if (before != null && before.hasWorked()) {
      return false;
    }
    long now = nanoTime.getAsLong();
    long since = now;
    Lifetime lifetime = Lifetime.DOUBTED;
    if (isSentrysWord) {
      since = before == null || before.state() != State.ABSENT ? now : before.since();
      lifetime = Lifetime.ABSENT.covers(since, now) ? Lifetime.ABSENT : Lifetime.ABSENT_TWICE;
    }
    put(organization, endpoint, new Known(State.ABSENT, since, after(lifetime.duration()), false));
    return true;
  }

  synchronized void forbidden(String organization, Endpoint endpoint) {
    long until = after(Lifetime.MISSING_SCOPE.duration());
    boolean hasWorked = hasWorked(organization, endpoint);
    put(organization, endpoint, new Known(State.FORBIDDEN, nanoTime.getAsLong(), until, hasWorked));
  }

  /// Whether Sentry has ever answered for the organization.
  synchronized boolean isKnown(String organization) {
    return answered.containsKey(organization);
  }

  /// Whether the endpoint has ever answered for the organization.
  synchronized boolean hasWorked(String organization, Endpoint endpoint) {
    Known now = known.get(new Place(organization, endpoint));
    return now != null && now.hasWorked();
  }

  /// Forgets refusals; what has answered stays known.
  synchronized void forgetRefusals() {
    known.entrySet().removeIf(entry -> !entry.getValue().hasWorked());
    known.replaceAll((_, now) -> new Known(State.AVAILABLE, now.since(), now.until(), true));
  }

  /// The findings, by organization and endpoint; without those that were not requested lately.
  synchronized List<Capability> all() {
    return known.entrySet().stream()
        .filter(entry -> isShown(entry.getValue()))
        .filter(entry -> entry.getValue().state() != State.FORBIDDEN)
        .filter(entry -> !entry.getKey().endpoint().equals(Endpoint.ORGANIZATION)) // by its id
        .map(entry ->
            new Capability(
                entry.getKey().organization(),
                entry.getKey().endpoint(),
                entry.getValue().state() == State.AVAILABLE))
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
      if (now.state() == State.FORBIDDEN && isShown(now)) {
        missing.add(new MissingScope(place.organization(), place.endpoint().scope()));
      }
    });
    return missing;
  }

  private boolean isShown(Known now) {
    return nanoTime.getAsLong() - now.until() < SHOWN_BEYOND.toNanos();
  }

  private long after(Duration time) {
    return nanoTime.getAsLong() + time.toNanos();
  }

  private void put(String organization, Endpoint endpoint, Known now) {
    known.put(new Place(organization, endpoint), now);
    if (known.size() > MOST) {
      known.remove(known.keySet().iterator().next());
    }
  }

  /// Whether an instance of Sentry has an endpoint, switched on for an organization.
  public record Capability(String organization, Endpoint endpoint, boolean available) {}
}
