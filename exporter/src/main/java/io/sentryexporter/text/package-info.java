/// Texts as the exporter shows them: log lines, and text from outside.
@NullMarked
package io.sentryexporter.text;

import org.jspecify.annotations.NullMarked;
