package io.sentryexporter.sentry.model;

import org.jspecify.annotations.Nullable;

/// Session health over a window, as Sentry's pages show it.
///
/// @param crashFreeSessions from 0 to 1; null without sessions
/// @param crashFreeUsers from 0 to 1; null without sessions
/// @param users distinct ones; null for a value that makes no sense
public record SessionHealth(
    @Nullable Double crashFreeSessions, @Nullable Double crashFreeUsers, @Nullable Long users) {}
