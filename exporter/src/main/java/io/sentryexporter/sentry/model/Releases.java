package io.sentryexporter.sentry.model;

import java.util.List;

/// The newest releases of an organization, newest first.
///
/// @param truncated whether there are more
public record Releases(List<Release> newest, boolean truncated) {
  public Releases {
    newest = List.copyOf(newest);
  }
}
