/// The simulated figures: organizations, projects and what happens in them, as pure functions of a
/// seed, a name and a time. Knows nothing of HTTP.
///
/// A project is a list of [Flow]s: a [Rhythm] by seed, or what a test's [History] tells. Statistics
/// ask them through [Knowledge], which knows how late and how old ([Delivery]) what it tells is, so
/// that all endpoints tell the same.
@NullMarked
package io.sentryexporter.simulator.world;

import org.jspecify.annotations.NullMarked;
