/// HTTP calls, against a server that plays each fault byte by byte.
@NullMarked
package io.sentryexporter.http;

import org.jspecify.annotations.NullMarked;
