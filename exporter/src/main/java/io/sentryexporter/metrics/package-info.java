/// Metrics as declared, as sampled and as written, and the exporter's own metrics.
///
/// The only user of the Prometheus client.
@NullMarked
package io.sentryexporter.metrics;

import org.jspecify.annotations.NullMarked;
