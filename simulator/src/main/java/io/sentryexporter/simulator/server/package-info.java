/// The HTTP server: connections, requests read, answers sent, rightly or as a fault has it.
@NullMarked
package io.sentryexporter.simulator.server;

import org.jspecify.annotations.NullMarked;
