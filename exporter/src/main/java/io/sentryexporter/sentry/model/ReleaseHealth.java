package io.sentryexporter.sentry.model;

import org.jspecify.annotations.Nullable;

/// The sessions of a release in a project over a window.
///
/// @param sessions null for a value that makes no sense
/// @param crashFreeSessions from 0 to 1; null without sessions
public record ReleaseHealth(
    long project, String release, @Nullable Long sessions, @Nullable Double crashFreeSessions) {}
