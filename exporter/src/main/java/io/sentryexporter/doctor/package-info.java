/// Examines an installation step by step, from its files to first data.
@NullMarked
package io.sentryexporter.doctor;

import org.jspecify.annotations.NullMarked;
