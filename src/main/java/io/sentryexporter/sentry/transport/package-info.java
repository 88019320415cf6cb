/// One call to Sentry: a chain of links from the cache, over what is asked again and waits its
/// turn, to HTTP. Knows Sentry's limits, but neither its token nor what its answers mean.
@NullMarked
package io.sentryexporter.sentry.transport;

import org.jspecify.annotations.NullMarked;
