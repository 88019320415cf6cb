/// Which Sentry is simulated: how it listens, what it has, whom it knows.
@NullMarked
package io.sentryexporter.simulator.options;

import org.jspecify.annotations.NullMarked;
