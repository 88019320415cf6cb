/// The HTTP server: listens, with TLS if need be, lets through whom the web configuration allows,
/// reads requests strictly and within bounds, sends answers, and survives any client.
@NullMarked
package io.sentryexporter.server;

import org.jspecify.annotations.NullMarked;
