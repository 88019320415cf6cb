/// Sentry's terms: its endpoints, the records of its answers, its failures.
@NullMarked
package io.sentryexporter.sentry.model;

import org.jspecify.annotations.NullMarked;
