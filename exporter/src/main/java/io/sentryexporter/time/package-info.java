/// Time: clocks, deadlines, sleeping and cancellation, all handed in.
@NullMarked
package io.sentryexporter.time;

import org.jspecify.annotations.NullMarked;
