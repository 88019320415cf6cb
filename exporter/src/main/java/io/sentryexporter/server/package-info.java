/// The HTTP server: listens, reads requests strictly and within bounds, sends answers, and survives
/// any client. The only part of `web` that uses HttpCore.
@NullMarked
package io.sentryexporter.server;

import org.jspecify.annotations.NullMarked;
