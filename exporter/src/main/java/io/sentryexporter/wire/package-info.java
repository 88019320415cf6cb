/// HTTP/1.1 as both the listener and the client read and write it: headers, and the syntax that the
/// HTTP library takes too lightly.
@NullMarked
package io.sentryexporter.wire;

import org.jspecify.annotations.NullMarked;
