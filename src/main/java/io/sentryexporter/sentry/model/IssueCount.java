package io.sentryexporter.sentry.model;

/// How many issues match a search: Sentry's estimate, exact for few.
///
/// @param truncated whether Sentry stopped counting there
public record IssueCount(long count, boolean truncated) {}
