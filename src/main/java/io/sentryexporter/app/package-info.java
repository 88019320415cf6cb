/// The program put together: every object is made once and joined here, started, reloaded, closed.
@NullMarked
package io.sentryexporter.app;

import org.jspecify.annotations.NullMarked;
