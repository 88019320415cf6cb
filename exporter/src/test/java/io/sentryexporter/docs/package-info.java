/// The generated pages of the documentation.
@NullMarked
package io.sentryexporter.docs;

import org.jspecify.annotations.NullMarked;
