/// The JSON of Sentry's answers, and of its errors: the only part of `sentry` that knows the JSON
/// library.
@NullMarked
package io.sentryexporter.sentry.json;

import org.jspecify.annotations.NullMarked;
