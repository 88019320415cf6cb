/// Sentry's endpoints: what each takes, how it refuses, and its answer from the world.
@NullMarked
package io.sentryexporter.simulator.endpoint;

import org.jspecify.annotations.NullMarked;
