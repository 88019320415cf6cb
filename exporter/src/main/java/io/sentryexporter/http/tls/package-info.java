/// TLS: the trusted certificates, and messages for servers that are not trusted.
@NullMarked
package io.sentryexporter.http.tls;

import org.jspecify.annotations.NullMarked;
