/// Reading, checking, showing and replacing the configuration.
@NullMarked
package io.sentryexporter.config;

import org.jspecify.annotations.NullMarked;
