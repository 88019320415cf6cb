package io.sentryexporter.sentry.model;

/// The number of issues that match a search: Sentry's estimate, exact for few.
///
/// @param truncated whether Sentry stopped counting there
public record IssueCount(long count, boolean truncated) {}
