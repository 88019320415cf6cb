package io.sentryexporter.simulator.world;

import org.jspecify.annotations.Nullable;

/// Numbers of sessions by how they ended, and of the people who had them.
///
/// @param population how many people could have had them
public record SessionCounts(
    long healthy, long errored, long crashed, long abnormal, long population) {
  public static SessionCounts none(long population) {
    return new SessionCounts(0, 0, 0, 0, population);
  }

  public SessionCounts plus(SessionStatus status, long sessions) {
    return switch (status) {
      case HEALTHY -> new SessionCounts(healthy + sessions, errored, crashed, abnormal, population);
      case ERRORED -> new SessionCounts(healthy, errored + sessions, crashed, abnormal, population);
      case CRASHED -> new SessionCounts(healthy, errored, crashed + sessions, abnormal, population);
      case ABNORMAL ->
          new SessionCounts(healthy, errored, crashed, abnormal + sessions, population);
    };
  }

  /// Sessions that ended so, all without a status.
  public long sessions(@Nullable SessionStatus status) {
    return switch (status) {
      case null -> healthy + errored + crashed + abnormal;
      case HEALTHY -> healthy;
      case ERRORED -> errored;
      case CRASHED -> crashed;
      case ABNORMAL -> abnormal;
    };
  }

  /// People who had such sessions. Like Sentry's distinct counts it does not add up, neither over
  /// time nor over projects.
  public long users(@Nullable SessionStatus status) {
    return users(sessions(status), population);
  }

  /// How many different people of a population are behind `count` of anything; grows with it.
  public static long users(long count, long population) {
    if (count <= 0) {
      return 0;
    }
    var distinct = population * -StrictMath.expm1(-(double) count / population);
    return Math.min(count, (long) StrictMath.ceil(distinct));
  }

  /// The part of sessions that crashed, null without sessions.
  public @Nullable Double crashRate() {
    return ratio(crashed, sessions(null));
  }

  /// The part of the people whose sessions crashed, null without sessions.
  public @Nullable Double userCrashRate() {
    return ratio(users(SessionStatus.CRASHED), users((SessionStatus) null));
  }

  private static @Nullable Double ratio(long part, long whole) {
    return whole == 0 ? null : (double) part / whole;
  }
}
