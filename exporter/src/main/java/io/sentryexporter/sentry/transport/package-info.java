/// Requests to Sentry: their turns, retries and counts. Knows Sentry's limits, but neither its
/// token nor the meaning of its answers.
@NullMarked
package io.sentryexporter.sentry.transport;

import org.jspecify.annotations.NullMarked;
