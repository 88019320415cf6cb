/// The simulated data: organizations, projects and what happens in them, as pure functions of a
/// seed, a name and a time. Knows nothing of HTTP.
///
/// A project is a list of [Flow]s: a [Rhythm] by seed, or a test's [History]. Statistics read them
/// through [Knowledge], which applies the delay and the age of the storage ([Delivery]), so that
/// all endpoints return the same.
@NullMarked
package io.sentryexporter.simulator.world;

import org.jspecify.annotations.NullMarked;
