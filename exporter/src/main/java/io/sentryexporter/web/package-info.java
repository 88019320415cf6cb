/// The exporter's routes, their handlers, and code that the answers share.
@NullMarked
package io.sentryexporter.web;

import org.jspecify.annotations.NullMarked;
