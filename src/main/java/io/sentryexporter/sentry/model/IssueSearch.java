package io.sentryexporter.sentry.model;

import org.jspecify.annotations.Nullable;

/// A search for issues.
///
/// @param project id; null for all of the organization
/// @param query in Sentry's search syntax
public record IssueSearch(@Nullable Long project, String query) {}
