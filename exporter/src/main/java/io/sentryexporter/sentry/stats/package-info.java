/// Sentry's statistics, of every generation: how each is requested and its answer read.
@NullMarked
package io.sentryexporter.sentry.stats;

import org.jspecify.annotations.NullMarked;
