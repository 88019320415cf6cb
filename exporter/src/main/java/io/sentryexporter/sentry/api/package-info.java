/// The requests that the exporter makes to Sentry: for each endpoint what is requested, and how the
/// answer is read.
@NullMarked
package io.sentryexporter.sentry.api;

import org.jspecify.annotations.NullMarked;
