/// What is installed on other machines: the chart and what is rendered from it.
@NullMarked
package io.sentryexporter.deploy;

import org.jspecify.annotations.NullMarked;
