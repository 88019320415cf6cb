package io.sentryexporter.sentry.model;

import org.jspecify.annotations.Nullable;

/// A client key (DSN) of a project, without anything secret.
///
/// @param project numeric id
/// @param eventsPerSecond its rate limit; null without one
public record ClientKey(
    String id, long project, boolean active, @Nullable Double eventsPerSecond) {}
