/// Sentry, as probes request it: an instance with its token and limits, what is known of its
/// organizations, and the answers that are kept.
///
/// From here down: [SentryApi] makes a request, a record of `api`, which knows the endpoint and
/// reads its answer into records of `model`; [Sentry] keeps the answer; `transport` fetches it;
/// `marks` keeps counters from falling.
@NullMarked
package io.sentryexporter.sentry;

import org.jspecify.annotations.NullMarked;
