/// The requests that the exporter makes to Sentry, a record for each: what is requested of which
/// organization, and how the answer is read.
@NullMarked
package io.sentryexporter.sentry.question;

import org.jspecify.annotations.NullMarked;
