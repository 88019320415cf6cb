package io.sentryexporter.simulator;

/// Which kind of Sentry is simulated: they differ in rate limits and in who answers for an unknown
/// organization.
public enum Installation {
  /// Tells its limits in headers, but never refuses: for tests and demonstrations.
  SENTRY_IO,
  /// Tells its limits and answers 429 beyond them.
  SENTRY_IO_ENFORCING_LIMITS,
  /// Has no limits and sends no such headers.
  SELF_HOSTED
}
