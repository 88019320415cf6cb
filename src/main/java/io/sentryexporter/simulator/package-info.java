/// The simulated Sentry: the `demo` command's upstream, the tests' double, the benchmark's load.
///
/// It talks real HTTP and holds no figures: every count is a function of a seed, a name and a time.
/// From outside in: [SimulatedSentry] starts a `server`, whose `Exchange` takes each request and
/// writes its answer; the `api` finds the declared `Route` and lets its `endpoint` answer from the
/// `world`; a `fault` says what goes wrong instead. Which endpoints there are depends on the
/// `Installation` in `options`.
@NullMarked
package io.sentryexporter.simulator;

import org.jspecify.annotations.NullMarked;
