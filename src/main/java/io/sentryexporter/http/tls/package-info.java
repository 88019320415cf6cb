/// TLS: whose certificates are believed, and what an operator is told when they are not.
@NullMarked
package io.sentryexporter.http.tls;

import org.jspecify.annotations.NullMarked;
