/// The exporter's own HTTP server: listener, query parameters, pages.
///
/// The only user of the HTTP server library (HttpCore).
@NullMarked
package io.sentryexporter.web;

import org.jspecify.annotations.NullMarked;
