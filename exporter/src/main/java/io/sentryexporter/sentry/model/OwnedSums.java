package io.sentryexporter.sentry.model;

import java.util.Set;

/// Counters that can be exposed under the slugs of their projects.
///
/// @param sums without the projects that are withheld
/// @param withheld ids of projects whose slugs were others' in this epoch: nothing is known of
///   their counters, not even that they are 0
public record OwnedSums(Sums sums, Set<Long> withheld) {
  public OwnedSums {
    withheld = Set.copyOf(withheld);
  }
}
