/// Texts from outside, as this program shows them.
@NullMarked
package io.sentryexporter.text;

import org.jspecify.annotations.NullMarked;
