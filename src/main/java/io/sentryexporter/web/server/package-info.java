/// The HTTP server: listens, reads requests strictly and bounded, sends answers, and outlives
/// whatever clients do. The only part of `web` that knows HttpCore.
@NullMarked
package io.sentryexporter.web.server;

import org.jspecify.annotations.NullMarked;
