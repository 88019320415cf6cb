package io.sentryexporter.sentry.model;

import org.jspecify.annotations.Nullable;

/// A check of a URL that Sentry makes.
///
/// @param id of its detector
/// @param project slug
/// @param name set by the user; the URL is never a label
/// @param environment empty if it has none
/// @param enabled false if a user switched it off; null if the server does not report it
/// @param up false while Sentry sees the URL fail; null if the server does not report it
public record UptimeMonitor(
    String id,
    String project,
    String name,
    String environment,
    @Nullable Boolean enabled,
    @Nullable Boolean up) {}
