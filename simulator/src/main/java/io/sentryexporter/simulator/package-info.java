/// The simulated Sentry: the `demo` command's upstream, the tests' double, the benchmark's load.
///
/// It uses real HTTP and stores no data: every count is a function of a seed, a name and a time.
/// From outside in: [SimulatedSentry] starts a `server`, whose `Exchange` takes each request and
/// writes its answer; the `api` finds the declared `Route` and lets its `endpoint` answer from the
/// `world`; a `fault` defines what goes wrong instead. The `Installation` in `options` defines
/// which endpoints there are.
@NullMarked
package io.sentryexporter.simulator;

import org.jspecify.annotations.NullMarked;
