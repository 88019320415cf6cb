/// Service discovery: the targets that can be probed, for Prometheus and for the command line.
@NullMarked
package io.sentryexporter.discovery;

import org.jspecify.annotations.NullMarked;
