/// TLS: certificates and keys in PEM, what is trusted, and messages for servers that are not.
@NullMarked
package io.sentryexporter.tls;

import org.jspecify.annotations.NullMarked;
