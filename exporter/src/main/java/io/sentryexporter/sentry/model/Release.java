package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A release.
///
/// @param created null if Sentry does not report it
public record Release(String version, @Nullable Instant created, List<InProject> projects) {
  public Release {
    projects = List.copyOf(projects);
  }

  /// A release in one of its projects.
  ///
  /// @param project numeric id
  /// @param newIssues issues that were first seen in it; null if Sentry does not report it
  public record InProject(long project, @Nullable Long newIssues) {}
}
