package io.sentryexporter.sentry.model;

/// A check of a URL that Sentry makes.
///
/// @param id of its detector
/// @param project slug
/// @param name the user's; its URL is nobody's label
/// @param environment empty if it has none
/// @param enabled false if somebody switched it off
/// @param up false while Sentry sees the URL fail
public record UptimeMonitor(
    String id, String project, String name, String environment, boolean enabled, boolean up) {}
