/// Sentry's API: its endpoints, its answers as records, its ways to fail.
@NullMarked
package io.sentryexporter.sentry;

import org.jspecify.annotations.NullMarked;
