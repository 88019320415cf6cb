/// High-water marks: no counter falls while its epoch lasts, also over a restart.
@NullMarked
package io.sentryexporter.sentry.marks;

import org.jspecify.annotations.NullMarked;
