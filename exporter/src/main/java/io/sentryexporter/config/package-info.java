/// Reads the configuration from YAML into immutable records, and replaces it while serving.
@NullMarked
package io.sentryexporter.config;

import org.jspecify.annotations.NullMarked;
