package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.Map;

/// Quantities over a stretch of time, by project and kind.
///
/// Units are Sentry's: events; bytes for `attachment` and `log_byte`; milliseconds for
/// `profile_duration` and `profile_duration_ui`. What is absent has not happened or is not known to
/// this server; what is there only grows while `start` stands, if it is a counter's.
///
/// @param start of the time, inclusive
/// @param end of the time, exclusive; of a counter, when Sentry was asked
/// @param byProject by the project's numeric id; [#WHOLE_ORGANIZATION] for sums that are not split
/// @param onlyAccepted whether the server does not tell what became of the rest, as GlitchTip
public record Sums(
    Instant start, Instant end, Map<Long, Map<Kind, Long>> byProject, boolean onlyAccepted) {
  /// Stands for the id of a project where sums are of the whole organization.
  public static final long WHOLE_ORGANIZATION = 0;

  public Sums {
    byProject = Map.copyOf(byProject);
  }

  /// Sums of a server that tells every outcome.
  public Sums(Instant start, Instant end, Map<Long, Map<Kind, Long>> byProject) {
    this(start, end, byProject, false);
  }

  /// The quantities of one project, empty if there are none.
  public Map<Kind, Long> of(long project) {
    return byProject.getOrDefault(project, Map.of());
  }

  /// These sums without those of other projects.
  public Sums onlyOf(long project) {
    return new Sums(start, end, Map.of(project, of(project)), onlyAccepted);
  }
}
