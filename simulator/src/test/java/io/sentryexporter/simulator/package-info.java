@NullMarked
package io.sentryexporter.simulator;

import org.jspecify.annotations.NullMarked;
