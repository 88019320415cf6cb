package io.sentryexporter.sentry.model;

import java.util.List;

/// A search for issues.
///
/// @param projects ids; empty for all of the organization
/// @param query in Sentry's search syntax
/// @param syntax of which the query is
public record IssueSearch(List<Long> projects, String query, Syntax syntax) {
  public IssueSearch {
    projects = List.copyOf(projects);
  }

  /// Which servers understand a search.
  public enum Syntax {
    /// All that list issues.
    COMMON,
    /// Sentry only: GlitchTip takes `is:escalating` and `firstSeen` for tags and finds nothing.
    SENTRY
  }

  /// The same search in some projects.
  public IssueSearch in(List<Long> others) {
    return new IssueSearch(others, query, syntax);
  }
}
