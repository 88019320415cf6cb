/// What the exporter serves: its routes, the handlers behind them, and what their answers share.
@NullMarked
package io.sentryexporter.web;

import org.jspecify.annotations.NullMarked;
