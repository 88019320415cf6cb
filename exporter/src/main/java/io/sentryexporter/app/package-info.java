/// Creates every object of the exporter once and joins them; starts, reloads and closes it.
@NullMarked
package io.sentryexporter.app;

import org.jspecify.annotations.NullMarked;
