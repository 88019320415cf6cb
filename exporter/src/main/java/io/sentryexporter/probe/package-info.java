/// Probes: one check of one target, its result as metrics, its trace and the history of probes.
@NullMarked
package io.sentryexporter.probe;

import org.jspecify.annotations.NullMarked;
