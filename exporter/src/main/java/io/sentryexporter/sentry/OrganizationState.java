package io.sentryexporter.sentry;

import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is known of each organization, as Sentry's answers showed it: its endpoints, the scopes and
/// tokens that were refused, and whether it has answered at all. [Lifetime] defines how long each
/// is believed.
///
/// An endpoint that has worked in this process is never taken for absent.
public final class OrganizationState {
  /// Stands for all organizations, or for none.
  static final String EVERYWHERE = "";

  private static final Duration SHOWN_AVAILABLE = Duration.ofDays(1);

  /// A finding is shown as long as it is believed, and until it can have been tried again.
  private static final Duration SHOWN_BEYOND = Duration.ofHours(1);

  private static final int MOST = 10_000;

  private final LongSupplier nanoTime;
  private final Map<String, Known> organizations = new LinkedHashMap<>(16, 0.75f, true);

  private enum Answer {
    AVAILABLE,
    ABSENT,
    FORBIDDEN
  }

  /// The last answer of an endpoint.
  ///
  /// @param since time of the finding
  /// @param until how long it is believed
  /// @param hasWorked whether the endpoint has ever answered
  private record Finding(Answer answer, long since, long until, boolean hasWorked) {}

  /// A token that Sentry has answered with 401. Another one, in a file that has changed, is sent at
  /// once.
  private record RefusedToken(Secret token, String message, long checkedNanos) {}

  /// Sentry's own refusal of an organization that has answered.
  private record Denial(long sinceNanos, boolean isBelieved) {}

  /// One organization.
  private static final class Known {
    private final Map<Endpoint, Finding> endpoints = new HashMap<>();
    private boolean hasAnswered;
    private @Nullable RefusedToken refusedToken;
    private @Nullable Denial denial;

    boolean isWithdrawn() {
      return denial != null && denial.isBelieved();
    }
  }

  /// Whether an instance of Sentry has an endpoint, switched on for an organization.
  public record Availability(String organization, Endpoint endpoint, boolean isAvailable) {}

  /// A scope that the token lacks for an organization.
  record MissingScope(String organization, String scope) {}

  /// The exporter's current knowledge of an organization, for people to read.
  ///
  /// @param ages of the answers that serve, by collector; of several answers the oldest
  /// @param missingEndpoints by their names in the exporter's own metrics: the server does not have
  ///   them, or has them switched off
  /// @param missingScopes scopes that the requests needed and the token lacks
  public record Status(
      String slug,
      SortedMap<String, Duration> ages,
      List<String> missingEndpoints,
      List<String> missingScopes) {
    public Status {
      ages = Collections.unmodifiableSortedMap(new TreeMap<>(ages));
      missingEndpoints = List.copyOf(missingEndpoints);
      missingScopes = List.copyOf(missingScopes);
    }
  }

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public OrganizationState(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @throws SentryException if the endpoint was found absent and it is too early to request it
  ///   again
  synchronized void require(String organization, Endpoint endpoint) throws SentryException {
    if (isAbsent(organization, endpoint) && !hasWorked(organization, endpoint)) {
      throw new SentryException(
          Reason.UNSUPPORTED,
          "this server does not have "
              + endpoint.path()
              + " for "
              + organization
              + ", or has it switched off; it is requested again within a day, and after a reload");
    }
  }

  /// Whether the endpoint was absent at the last request, and it is too early for another.
  public synchronized boolean isAbsent(String organization, Endpoint endpoint) {
    Finding last = finding(organization, endpoint);
    return last != null
        && last.answer() == Answer.ABSENT
        && nanoTime.getAsLong() - last.until() < 0;
  }

  public synchronized void worked(String organization, Endpoint endpoint) {
    put(organization, endpoint, Answer.AVAILABLE, nanoTime.getAsLong(), SHOWN_AVAILABLE, true);
    known(organization).hasAnswered = true;
  }

  /// The answer was that there is no such endpoint.
  ///
  /// @param isSentrysWord whether it had Sentry's form for a missing endpoint
  /// @return whether it is believed: not of an endpoint that has worked
  public synchronized boolean absent(
      String organization, Endpoint endpoint, boolean isSentrysWord) {
    Finding before = finding(organization, endpoint);
    boolean hasWorked = before != null && before.hasWorked();
    long now = nanoTime.getAsLong();
    long since = now;
    Lifetime lifetime = Lifetime.DOUBTED;
    if (isSentrysWord && !hasWorked) {
      since = before == null || before.answer() != Answer.ABSENT ? now : before.since();
      lifetime = absentSince(since, now);
    }
    put(organization, endpoint, Answer.ABSENT, since, lifetime.duration(), hasWorked);
    return !hasWorked;
  }

  /// One answer may be a mistake of a moment, such as of a server that is being updated.
  private static Lifetime absentSince(long since, long now) {
    if (Lifetime.DOUBTED.covers(since, now)) {
      return Lifetime.DOUBTED;
    }
    return Lifetime.ABSENT.covers(since, now) ? Lifetime.ABSENT : Lifetime.STILL_ABSENT;
  }

  synchronized void forbidden(String organization, Endpoint endpoint) {
    Duration time = Lifetime.MISSING_SCOPE.duration();
    boolean hasWorked = hasWorked(organization, endpoint);
    put(organization, endpoint, Answer.FORBIDDEN, nanoTime.getAsLong(), time, hasWorked);
  }

  /// Whether Sentry has ever answered for the organization.
  synchronized boolean hasAnswered(String organization) {
    Known known = organizations.get(organization);
    return known != null && known.hasAnswered;
  }

  /// Slugs of the organizations that have answered and are not withdrawn, sorted.
  synchronized List<String> answered() {
    return organizations.entrySet().stream()
        .filter(entry -> entry.getValue().hasAnswered && !entry.getValue().isWithdrawn())
        .map(Map.Entry::getKey)
        .filter(slug -> !slug.equals(EVERYWHERE) && !Organization.isId(slug))
        .sorted()
        .toList();
  }

  /// Whether the endpoint has ever answered for the organization.
  synchronized boolean hasWorked(String organization, Endpoint endpoint) {
    Finding last = finding(organization, endpoint);
    return last != null && last.hasWorked();
  }

  /// The organization's own endpoint has answered.
  synchronized void accepted(String organization) {
    Known known = organizations.get(organization);
    if (known != null) {
      known.denial = null;
    }
  }

  /// The organization's own endpoint has answered before, and Sentry itself refuses it now.
  synchronized void denied(String organization) {
    Known known = known(organization);
    long now = nanoTime.getAsLong();
    Denial before = known.denial;
    known.denial =
        before == null
            ? new Denial(now, false)
            : new Denial(
                before.sinceNanos(),
                before.isBelieved() || !Lifetime.WITHDRAWN.covers(before.sinceNanos(), now));
  }

  /// Whether the organization is refused for so long that its old answers do not serve any more.
  synchronized boolean isWithdrawn(String organization) {
    Known known = organizations.get(organization);
    return known != null && known.isWithdrawn();
  }

  /// Returns if the token may be sent: it is not refused, or this is the check of the minute.
  ///
  /// @param server [#EVERYWHERE], or the one region that is requested
  /// @throws SentryException with the reason `auth` if not
  synchronized void check(Secret token, String server, String organization) throws SentryException {
    checkOnly(token, server);
    if (!organization.equals(EVERYWHERE)) {
      checkOnly(token, organization);
    }
  }

  private void checkOnly(Secret token, String organization) throws SentryException {
    Known known = organizations.get(organization);
    RefusedToken refused = known == null ? null : known.refusedToken;
    if (known == null || refused == null || !refused.token().equals(token)) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (Lifetime.REFUSED_TOKEN.covers(refused.checkedNanos(), now)) {
      throw new SentryException(
          Reason.AUTH,
          refused.message()
              + "; the request is sent again once a minute, or when the token changes");
    }
    known.refusedToken = new RefusedToken(token, refused.message(), now);
  }

  /// Sentry does not take the token.
  ///
  /// @param organization or region that alone refuses it, such as an organization that wants a
  ///   second factor; else [#EVERYWHERE]
  /// @param message how it answered, without the token
  synchronized void tokenRefused(Secret token, String organization, String message) {
    known(organization).refusedToken = new RefusedToken(token, message, nanoTime.getAsLong());
  }

  /// Sentry knows the token again, also for this organization.
  synchronized void tokenAccepted(String server, String organization) {
    for (String each : List.of(server, organization)) {
      Known known = organizations.get(each);
      if (known != null) {
        known.refusedToken = null;
      }
    }
  }

  /// Forgets refusals, so that what was refused is requested again; what has answered stays known.
  public synchronized void forgetRefusals() {
    long due = nanoTime.getAsLong() - Lifetime.REFUSED_TOKEN.duration().toNanos();
    for (Known known : organizations.values()) {
      known.endpoints.values().removeIf(finding -> !finding.hasWorked());
      known.endpoints.replaceAll(
          (_, finding) -> new Finding(Answer.AVAILABLE, finding.since(), finding.until(), true));
      known.denial = null;
      RefusedToken refused = known.refusedToken;
      if (refused != null) {
        known.refusedToken = new RefusedToken(refused.token(), refused.message(), due);
      }
    }
  }

  /// The endpoints that were found, or found absent, by organization and name; without those that
  /// were not requested lately.
  synchronized List<Availability> endpoints() {
    var all = new ArrayList<Availability>();
    organizations.forEach((organization, known) ->
        known.endpoints.forEach((endpoint, last) -> {
          if (isShown(last)
              && last.answer() != Answer.FORBIDDEN
              && !endpoint.equals(Endpoint.ORGANIZATION)) { // by its id
            boolean isAvailable = last.answer() == Answer.AVAILABLE || last.hasWorked();
            all.add(new Availability(organization, endpoint, isAvailable));
          }
        }));
    all.sort(
        Comparator.comparing(Availability::organization)
            .thenComparing(one -> one.endpoint().name()));
    return all;
  }

  /// The scopes that the token lacks, each once, by organization and name.
  synchronized List<MissingScope> missingScopes() {
    var missing = new ArrayList<MissingScope>();
    organizations.forEach((organization, known) ->
        known.endpoints.forEach((endpoint, last) -> {
          if (last.answer() == Answer.FORBIDDEN && isShown(last)) {
            missing.add(new MissingScope(organization, endpoint.scope()));
          }
        }));
    return missing.stream()
        .distinct()
        .sorted(Comparator.comparing(MissingScope::organization).thenComparing(MissingScope::scope))
        .toList();
  }

  /// Every organization that has been requested and that Sentry knows, by slug.
  ///
  /// @param ages of the answers that serve
  List<Status> statuses(Map<AnswerCache.Subject, Duration> ages) {
    Map<String, SortedMap<String, Duration>> bySlug = new TreeMap<>();
    ages.forEach((subject, age) ->
        bySlug
            .computeIfAbsent(subject.organization(), _ -> new TreeMap<>())
            .put(subject.collector(), age));
    List<Availability> endpoints = endpoints();
    List<MissingScope> scopes = missingScopes();
    endpoints.forEach(one -> bySlug.computeIfAbsent(one.organization(), _ -> new TreeMap<>()));
    scopes.forEach(one -> bySlug.computeIfAbsent(one.organization(), _ -> new TreeMap<>()));
    bySlug.remove(EVERYWHERE); // what is about no organization
    return bySlug.entrySet().stream()
        .map(entry ->
            new Status(
                entry.getKey(),
                entry.getValue(),
                endpoints.stream()
                    .filter(one -> one.organization().equals(entry.getKey()) && !one.isAvailable())
                    .map(one -> one.endpoint().name())
                    .toList(),
                scopes.stream()
                    .filter(one -> one.organization().equals(entry.getKey()))
                    .map(MissingScope::scope)
                    .toList()))
        .toList();
  }

  private boolean isShown(Finding last) {
    return nanoTime.getAsLong() - last.until() < SHOWN_BEYOND.toNanos();
  }

  private @Nullable Finding finding(String organization, Endpoint endpoint) {
    Known known = organizations.get(organization);
    return known == null ? null : known.endpoints.get(endpoint);
  }

  private void put(
      String organization,
      Endpoint endpoint,
      Answer answer,
      long since,
      Duration believed,
      boolean hasWorked) {
    long until = nanoTime.getAsLong() + believed.toNanos();
    known(organization).endpoints.put(endpoint, new Finding(answer, since, until, hasWorked));
  }

  private Known known(String organization) {
    Known known = organizations.computeIfAbsent(organization, _ -> new Known());
    if (organizations.size() > MOST) {
      organizations.remove(organizations.keySet().iterator().next());
    }
    return known;
  }
}
