package io.sentryexporter.server;

import io.sentryexporter.time.Cancellation;
import org.jspecify.annotations.Nullable;

/// One request: headers within their limits, and a body, if there was one, read past.
///
/// @param method as sent; methods are case-sensitive
/// @param path as sent, percent-encoding and all; begins with one `/`
/// @param query as sent, what stands behind the first `?`; null without one
/// @param hangUp the client closes the connection before its answer is ready
public record Request(
    String method,
    String path,
    @Nullable String query,
    RequestHeaders headers,
    Cancellation hangUp) {}
