/// The fuzzing of everything that is read: the targets by name, the corpus, and targets of probes
/// that are crafted to lead elsewhere.
@NullMarked
package io.sentryexporter.fuzz;

import org.jspecify.annotations.NullMarked;
