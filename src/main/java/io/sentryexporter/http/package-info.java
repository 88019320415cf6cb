/// One HTTP call: a deadline over all of it, a body limit, redirect and origin rules, TLS, proxies.
///
/// The only user of the HTTP client library.
@NullMarked
package io.sentryexporter.http;

import org.jspecify.annotations.NullMarked;
