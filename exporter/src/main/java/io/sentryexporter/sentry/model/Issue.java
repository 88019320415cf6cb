package io.sentryexporter.sentry.model;

/// An issue, as far as metrics need it. Its title is never a label.
///
/// @param shortId such as `WEB-1A`
/// @param project slug
/// @param level such as `error`
/// @param substatus such as `escalating`; empty if the server knows none
/// @param events count since it was first seen, or in the requested window
public record Issue(String shortId, String project, String level, String substatus, long events) {}
