/// What other exporters' configurations mean here, for the command `migrate`.
@NullMarked
package io.sentryexporter.migration;

import org.jspecify.annotations.NullMarked;
