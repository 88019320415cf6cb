package io.sentryexporter.sentry.model;

/// An issue, as far as figures need it; its title is nobody's label.
///
/// @param shortId such as `WEB-1A`
/// @param project slug
/// @param level such as `error`
/// @param substatus such as `escalating`; empty if the server knows none
/// @param events since it was first seen, or in the window that was asked for
public record Issue(String shortId, String project, String level, String substatus, long events) {}
