/// Sentry, as probes request it: an instance with its token and limits, what is known of its
/// organizations, and the answers that are kept.
///
/// From here down: [SentryApi] makes a record of `question`, [Sentry] keeps its answer, a `request`
/// fetches it by a `transport`; `json` and `stats` read it into the records of `model`; `marks`
/// keeps counters from falling.
@NullMarked
package io.sentryexporter.sentry;

import org.jspecify.annotations.NullMarked;
