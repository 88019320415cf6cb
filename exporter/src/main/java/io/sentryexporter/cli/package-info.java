/// The command line: a class per command, exit codes, and the only printing.
@NullMarked
package io.sentryexporter.cli;

import org.jspecify.annotations.NullMarked;
