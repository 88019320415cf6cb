/// Sentry's API as a whole: the table of routes, who may use them, the limits, the log of what
/// came.
@NullMarked
package io.sentryexporter.simulator.api;

import org.jspecify.annotations.NullMarked;
