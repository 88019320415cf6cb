/// The collectors of `prober: sentry`: one file for each subject.
@NullMarked
package io.sentryexporter.collector;

import org.jspecify.annotations.NullMarked;
