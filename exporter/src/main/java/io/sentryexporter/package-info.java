/// sentry_exporter: what Sentry knows, as Prometheus metrics.
@NullMarked
package io.sentryexporter;

import org.jspecify.annotations.NullMarked;
