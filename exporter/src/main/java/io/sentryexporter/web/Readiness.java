package io.sentryexporter.web;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Whether the exporter is ready to serve probes, and if not, why: the answer of `/-/ready`.
public final class Readiness {
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>("starting");

  public void ready() {
    reason.set(null);
  }

  public void notReady(String why) {
    reason.set(why);
  }

  /// Why not, or null if it is ready.
  public @Nullable String reason() {
    return reason.get();
  }
}
