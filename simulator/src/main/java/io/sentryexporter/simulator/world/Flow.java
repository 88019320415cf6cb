package io.sentryexporter.simulator.world;

import org.jspecify.annotations.Nullable;

/// One stream of like events of a project.
public sealed interface Flow permits Rhythm, ToldFlow {
  /// What is counted.
  ///
  /// @param session how the sessions counted went; null for every other category
  record Kind(Category category, Outcome outcome, String reason, @Nullable Session session) {
    Kind(Category category, Outcome outcome, String reason) {
      this(category, outcome, reason, null);
    }
  }

  /// How a session ended, and where.
  record Session(SessionStatus status, String environment) {}

  Kind kind();

  /// What there was in truth, from `from` inclusive to `until` exclusive (epoch seconds).
  long quantity(long from, long until);
}
