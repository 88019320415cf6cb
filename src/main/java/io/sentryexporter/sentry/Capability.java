package io.sentryexporter.sentry;

/// Whether an instance of Sentry has an endpoint, switched on for an organization.
public record Capability(String organization, Endpoint endpoint, boolean available) {}
