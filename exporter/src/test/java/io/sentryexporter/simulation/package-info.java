/// A simulated world around the exporter: one runnable thread, one clock, one seed.
@NullMarked
package io.sentryexporter.simulation;

import org.jspecify.annotations.NullMarked;
