/// The configuration: a YAML file to immutable records, and their replacement while serving.
@NullMarked
package io.sentryexporter.config;

import org.jspecify.annotations.NullMarked;
