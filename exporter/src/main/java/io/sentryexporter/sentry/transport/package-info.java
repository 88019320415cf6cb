/// One call to Sentry: a chain of links from the cache, over retries and pacing, to HTTP. Knows
/// Sentry's limits, but neither its token nor the meaning of its answers.
@NullMarked
package io.sentryexporter.sentry.transport;

import org.jspecify.annotations.NullMarked;
