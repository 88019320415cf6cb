/// Makes one HTTP call: a deadline over all of it, a body limit, redirect and origin rules, TLS,
/// proxies.
///
/// The only user of the HTTP client library, from which it takes the parser, the connection and the
/// pool. Its own code connects them, since the deadline has to reach each step.
@NullMarked
package io.sentryexporter.http;

import org.jspecify.annotations.NullMarked;
