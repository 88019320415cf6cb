/// TLS: the trusted certificates, and messages for servers that are not trusted.
@NullMarked
package io.sentryexporter.tls;

import org.jspecify.annotations.NullMarked;
