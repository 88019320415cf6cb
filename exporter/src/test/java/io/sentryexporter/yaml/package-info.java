/// Keys, strict mappings, durations: what every reader of a file relies on.
@NullMarked
package io.sentryexporter.yaml;

import org.jspecify.annotations.NullMarked;
