package io.sentryexporter.simulator;

import static io.sentryexporter.simulator.Outcome.ACCEPTED;
import static io.sentryexporter.simulator.Outcome.CLIENT_DISCARD;
import static io.sentryexporter.simulator.Outcome.FILTERED;
import static io.sentryexporter.simulator.Outcome.INVALID;
import static io.sentryexporter.simulator.Outcome.RATE_LIMITED;

import io.sentryexporter.simulator.Flow.Kind;
import io.sentryexporter.simulator.Flow.Pattern;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A project: its names and its traffic.
///
/// @param id numeric, unique in the world
record SimulatedProject(long id, String slug, String platform, List<Flow> flows) {
  private static final Set<Outcome> RECEIVED = EnumSet.of(ACCEPTED, FILTERED, RATE_LIMITED);

  /// Quantities in thousandths of the project's errors a day.
  private record Share(Category category, Outcome outcome, String reason, int perMille) {}

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
          new Share(Category.SESSION, ACCEPTED, "none", 50_000),
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

  SimulatedProject {
    flows = List.copyOf(flows);
  }

  /// The number of error events that v1 statistics call `received`, from `from` to `until` (epoch
  /// seconds).
  long received(long from, long until) {
    return flows.stream()
        .filter(flow -> isReceived(flow.kind()))
        .mapToLong(flow -> flow.quantity(from, until))
        .sum();
  }

  static boolean isReceived(Kind kind) {
    return kind.category().isError() && RECEIVED.contains(kind.outcome());
  }

  /// The traffic of a project with `errorsPerDay` errors on an average day.
  static List<Flow> traffic(long seed, long errorsPerDay, int zoneHours, Set<Trait> traits) {
    if (errorsPerDay == 0) {
      return List.of();
    }
    var overQuota = traits.contains(Trait.OVER_QUOTA);
    return Stream.of(
            flows(ALWAYS, Pattern.STEADY),
            flows(WITHIN_QUOTA, overQuota ? Pattern.CUT_BY_QUOTA : Pattern.STEADY),
            overQuota ? flows(OVER_QUOTA, Pattern.OVER_QUOTA) : Stream.<Planned>of(),
            traits.contains(Trait.BAD_RELEASES)
                ? flows(BAD_RELEASE, Pattern.BAD_RELEASE)
                : Stream.<Planned>of())
        .flatMap(planned -> planned)
        .map(planned -> planned.flow(seed, errorsPerDay, zoneHours))
        .toList();
  }

  /// What makes a project's traffic worth watching.
  enum Trait {
    BAD_RELEASES,
    OVER_QUOTA
  }

  private static Stream<Planned> flows(List<Share> shares, Pattern pattern) {
    return shares.stream().map(share -> new Planned(share, pattern));
  }

  private record Planned(Share share, Pattern pattern) {
    Flow flow(long seed, long errorsPerDay, int zoneHours) {
      var name = share.category().stream() + share.outcome() + share.reason() + pattern;
      return new Flow(
          new Kind(share.category(), share.outcome(), share.reason()),
          Noise.of(seed, name),
          Math.max(1, errorsPerDay * share.perMille() / 1_000),
          pattern,
          zoneHours);
    }
  }
}
