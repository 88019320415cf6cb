/// The rules of the house, held against the compiled classes.
@NullMarked
package io.sentryexporter.architecture;

import org.jspecify.annotations.NullMarked;
