/// The client of Sentry: a session for each probe, the answers that are kept, and what is known of
/// each organization.
///
/// From here down: [SentrySession] makes a request, a record of `api`, which knows the endpoint and
/// reads its answer into records of `model`; [SentryClient] keeps the answer; `transport` fetches
/// it; `marks` keeps counters from falling.
@NullMarked
package io.sentryexporter.sentry;

import org.jspecify.annotations.NullMarked;
