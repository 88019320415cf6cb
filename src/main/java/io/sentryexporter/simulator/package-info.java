/// The simulated Sentry: the `demo` command's upstream, the tests' double, the benchmark's load.
///
/// It talks real HTTP and holds no figures: every count is a function of a seed, a name and a time.
/// From outside in: [SimulatedSentry] listens, `Exchange` takes each request and writes its answer,
/// `Api` finds the declared `Route` and lets its endpoint answer from the [SimulatedWorld]; `Fault`
/// says what goes wrong instead.
@NullMarked
package io.sentryexporter.simulator;

import org.jspecify.annotations.NullMarked;
