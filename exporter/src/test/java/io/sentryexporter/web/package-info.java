@NullMarked
package io.sentryexporter.web;

import org.jspecify.annotations.NullMarked;
