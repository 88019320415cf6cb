package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.List;

/// A release.
public record Release(String version, Instant created, List<InProject> projects) {
  public Release {
    projects = List.copyOf(projects);
  }

  /// A release in one of its projects.
  ///
  /// @param project numeric id
  /// @param newIssues issues that were first seen in it
  public record InProject(long project, long newIssues) {}
}
