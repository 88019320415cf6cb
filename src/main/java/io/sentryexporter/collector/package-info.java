/// What a probe of `prober: sentry` collects: one file for each subject.
@NullMarked
package io.sentryexporter.collector;

import org.jspecify.annotations.NullMarked;
