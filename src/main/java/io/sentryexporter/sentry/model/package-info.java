/// Sentry's words: its endpoints, what it answers as records, how it fails to.
@NullMarked
package io.sentryexporter.sentry.model;

import org.jspecify.annotations.NullMarked;
