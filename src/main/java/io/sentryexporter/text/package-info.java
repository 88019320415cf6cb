/// Texts as this program shows them: the lines of its log, and what comes from outside.
@NullMarked
package io.sentryexporter.text;

import org.jspecify.annotations.NullMarked;
