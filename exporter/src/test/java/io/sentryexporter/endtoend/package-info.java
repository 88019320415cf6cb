/// Tests of the packaged program with the programs it works with: `*IT`.
@NullMarked
package io.sentryexporter.endtoend;

import org.jspecify.annotations.NullMarked;
