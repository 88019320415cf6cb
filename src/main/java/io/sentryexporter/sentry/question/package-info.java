/// The questions that this program has to Sentry, a record for each: what is asked of which
/// organization, and how the answer is found.
@NullMarked
package io.sentryexporter.sentry.question;

import org.jspecify.annotations.NullMarked;
