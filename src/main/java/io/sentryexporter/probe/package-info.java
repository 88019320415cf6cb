/// Probes: one look at one target, its result as metrics, its trace and the history of them.
@NullMarked
package io.sentryexporter.probe;

import org.jspecify.annotations.NullMarked;
