/// The simulated Sentry: the `demo` command's upstream, the tests' double, the benchmark's load.
///
/// It talks real HTTP and holds no figures: every count is a function of a seed, a name and a time.
/// From outside in: [SimulatedSentry] listens, `Exchange` takes each request and writes its answer,
/// `Api` finds the declared `Route` and lets its endpoint answer from the [SimulatedWorld]; `Fault`
/// says what goes wrong instead.
///
/// A project is a list of `Flow`s: a `Rhythm` by seed, or what a test's [History] tells. Statistics
/// ask them through `Knowledge`, which knows how late and how old ([Delivery]) what it tells is, so
/// that all endpoints tell the same. Which endpoints there are depends on the [Installation].
@NullMarked
package io.sentryexporter.simulator;

import org.jspecify.annotations.NullMarked;
