/// HTTP requests as they arrived, and the answers to them, errors in Sentry's own words among them.
@NullMarked
package io.sentryexporter.simulator.message;

import org.jspecify.annotations.NullMarked;
