package io.sentryexporter.simulator.world;

import static io.sentryexporter.simulator.world.Outcome.ACCEPTED;
import static io.sentryexporter.simulator.world.Outcome.CLIENT_DISCARD;
import static io.sentryexporter.simulator.world.Outcome.FILTERED;
import static io.sentryexporter.simulator.world.Outcome.INVALID;
import static io.sentryexporter.simulator.world.Outcome.RATE_LIMITED;
import static io.sentryexporter.simulator.world.SessionStatus.ABNORMAL;
import static io.sentryexporter.simulator.world.SessionStatus.CRASHED;
import static io.sentryexporter.simulator.world.SessionStatus.ERRORED;
import static io.sentryexporter.simulator.world.SessionStatus.HEALTHY;

import io.sentryexporter.simulator.world.Flow.Kind;
import io.sentryexporter.simulator.world.Flow.Session;
import io.sentryexporter.simulator.world.Rhythm.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// What a project sends, in proportion to its errors.
public final class Traffic {
  public static final String PRODUCTION = "production";
  public static final String STAGING = "staging";

  /// What makes a project's traffic worth watching.
  enum Trait {
    BAD_RELEASES,
    OVER_QUOTA,
    /// One session in eleven crashes.
    CRASHES_OFTEN,
    /// One session in sixty crashes.
    CRASHES,
    /// The limit of a client key drops more errors than are accepted.
    LIMITED_ERRORS,
    /// The limit of a client key drops a third of the transactions.
    LIMITED_TRANSACTIONS,
    /// Six categories with five outcomes each, and sessions: what the largest organizations have.
    DENSE
  }

  /// Quantities in thousandths of the project's errors a day.
  private record Share(Kind kind, int perMille) {
    Share(Category category, Outcome outcome, String reason, int perMille) {
      this(new Kind(category, outcome, reason), perMille);
    }

    /// Sessions; at Sentry the category counts their updates, here each session once.
    Share(SessionStatus status, String environment, int perMille) {
      this(
          new Kind(Category.SESSION, ACCEPTED, "none", new Session(status, environment)), perMille);
    }
  }

  private static final List<Share> SESSIONS =
      List.of(
          new Share(HEALTHY, PRODUCTION, 44_000),
          new Share(ERRORED, PRODUCTION, 900),
          new Share(CRASHED, PRODUCTION, 180),
          new Share(ABNORMAL, PRODUCTION, 20),
          new Share(HEALTHY, STAGING, 4_800),
          new Share(ERRORED, STAGING, 80),
          new Share(CRASHED, STAGING, 18),
          new Share(ABNORMAL, STAGING, 2));

  private static final List<Share> ALWAYS =
      List.of(
          new Share(Category.ERROR, FILTERED, "browser-extensions", 25),
          new Share(Category.ERROR, FILTERED, "web-crawlers", 10),
          new Share(Category.ERROR, RATE_LIMITED, "key_quota", 8),
          new Share(Category.ERROR, INVALID, "too_large:event", 3),
          new Share(Category.ERROR, CLIENT_DISCARD, "ratelimit_backoff", 9),
          new Share(Category.ERROR, CLIENT_DISCARD, "network_error", 4),
          new Share(Category.DEFAULT, ACCEPTED, "none", 20),
          new Share(Category.SECURITY, ACCEPTED, "none", 12),
          new Share(Category.SECURITY, FILTERED, "invalid-csp", 5),
          new Share(Category.TRANSACTION, FILTERED, "Sampled:1000", 2_000),
          new Share(Category.TRANSACTION, CLIENT_DISCARD, "sample_rate", 4_000),
          new Share(Category.SPAN, ACCEPTED, "none", 60_000),
          new Share(Category.SPAN, FILTERED, "Sampled:1000", 12_000),
          new Share(Category.REPLAY, ACCEPTED, "none", 30),
          new Share(Category.PROFILE_DURATION, ACCEPTED, "none", 100),
          new Share(Category.MONITOR, ACCEPTED, "none", 40),
          new Share(Category.LOG_ITEM, ACCEPTED, "none", 9_000),
          new Share(Category.LOG_BYTE, ACCEPTED, "none", 9_000));

  private static final List<Share> WITHIN_QUOTA =
      List.of(
          new Share(Category.ERROR, ACCEPTED, "none", 1_000),
          new Share(Category.TRANSACTION, ACCEPTED, "none", 8_000),
          new Share(Category.ATTACHMENT, ACCEPTED, "none", 60),
          new Share(Category.ATTACHMENT_ITEM, ACCEPTED, "none", 60));

  private static final List<Share> OVER_QUOTA =
      List.of(
          new Share(Category.ERROR, RATE_LIMITED, "usage_exceeded", 600),
          new Share(Category.TRANSACTION, RATE_LIMITED, "usage_exceeded", 4_800),
          new Share(Category.ATTACHMENT, RATE_LIMITED, "usage_exceeded", 36),
          new Share(Category.ATTACHMENT_ITEM, RATE_LIMITED, "usage_exceeded", 36));

  private static final List<Share> BAD_RELEASE =
      List.of(
          new Share(Category.ERROR, ACCEPTED, "none", 2_500),
          new Share(Category.ERROR, RATE_LIMITED, "spike_protection", 400));

  private static final List<Share> BAD_SESSIONS =
      List.of(new Share(CRASHED, PRODUCTION, 1_500), new Share(ERRORED, PRODUCTION, 400));

  private static final Map<Trait, Share> STEADY_FAULTS =
      Map.of(
          Trait.CRASHES_OFTEN,
          new Share(CRASHED, PRODUCTION, 5_000),
          Trait.CRASHES,
          new Share(CRASHED, PRODUCTION, 600),
          Trait.LIMITED_ERRORS,
          new Share(Category.ERROR, RATE_LIMITED, "key_quota", 1_500),
          Trait.LIMITED_TRANSACTIONS,
          new Share(Category.TRANSACTION, RATE_LIMITED, "key_quota", 4_000));

  private static final List<Share> DENSE =
      Stream.of(
              Category.ERROR,
              Category.TRANSACTION,
              Category.SPAN,
              Category.REPLAY,
              Category.ATTACHMENT,
              Category.LOG_ITEM)
          .flatMap(Traffic::everyOutcome)
          .toList();

  private Traffic() {}

  private static Stream<Share> everyOutcome(Category category) {
    return Stream.of(
        new Share(category, ACCEPTED, "none", 1_000),
        new Share(category, FILTERED, "browser-extensions", 50),
        new Share(category, RATE_LIMITED, "key_quota", 40),
        new Share(category, INVALID, "too_large:event", 20),
        new Share(category, CLIENT_DISCARD, "network_error", 30));
  }

  /// The traffic of a project with `errorsPerDay` errors on an average day.
  static List<Flow> of(long seed, long errorsPerDay, int zoneHours, Set<Trait> traits) {
    if (errorsPerDay == 0) {
      return List.of();
    }
    return planned(traits).<Flow>map(plan -> plan.flow(seed, errorsPerDay, zoneHours)).toList();
  }

  private static Stream<Planned> planned(Set<Trait> traits) {
    if (traits.contains(Trait.DENSE)) {
      return Stream.concat(flows(DENSE, Pattern.STEADY), flows(SESSIONS, Pattern.STEADY));
    }
    var overQuota = traits.contains(Trait.OVER_QUOTA);
    var badReleases = traits.contains(Trait.BAD_RELEASES);
    return Stream.of(
            flows(ALWAYS, Pattern.STEADY),
            flows(SESSIONS, Pattern.STEADY),
            flows(WITHIN_QUOTA, overQuota ? Pattern.CUT_BY_QUOTA : Pattern.STEADY),
            flows(overQuota ? OVER_QUOTA : List.of(), Pattern.OVER_QUOTA),
            flows(badReleases ? BAD_RELEASE : List.of(), Pattern.BAD_RELEASE),
            flows(badReleases ? BAD_SESSIONS : List.of(), Pattern.BAD_RELEASE),
            flows(steadyFaults(traits), Pattern.STEADY))
        .flatMap(planned -> planned);
  }

  private static List<Share> steadyFaults(Set<Trait> traits) {
    return traits.stream().map(STEADY_FAULTS::get).filter(Objects::nonNull).toList();
  }

  private static Stream<Planned> flows(List<Share> shares, Pattern pattern) {
    return shares.stream().map(share -> new Planned(share, pattern));
  }

  private record Planned(Share share, Pattern pattern) {
    Rhythm flow(long seed, long errorsPerDay, int zoneHours) {
      var kind = share.kind();
      var name = kind.category().stream() + kind.outcome() + kind.reason() + pattern;
      var session = kind.session() == null ? "" : kind.session().toString();
      return new Rhythm(
          kind,
          Noise.of(seed, name + session),
          Math.max(1, errorsPerDay * share.perMille() / 1_000),
          pattern,
          zoneHours);
    }
  }
}
