/// Requests to Sentry's endpoints: path, parameters, pages; and with what they are made.
@NullMarked
package io.sentryexporter.sentry.request;

import org.jspecify.annotations.NullMarked;
