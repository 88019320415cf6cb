package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Endpoint;

/// Whether an instance of Sentry has an endpoint, switched on for an organization.
public record Capability(String organization, Endpoint endpoint, boolean available) {}
