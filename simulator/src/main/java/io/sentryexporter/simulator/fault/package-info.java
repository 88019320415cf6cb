/// What can go wrong with a request, and which requests it happens to.
@NullMarked
package io.sentryexporter.simulator.fault;

import org.jspecify.annotations.NullMarked;
