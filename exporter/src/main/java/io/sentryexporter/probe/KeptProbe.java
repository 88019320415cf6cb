package io.sentryexporter.probe;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A finished probe with its trace, without its metrics, which are too large for a history.
///
/// @param id its number since the start of the process, from 1
/// @param failure why it did not succeed, in a few words; null if it did
/// @param trace log lines of the probe
public record KeptProbe(
    long id,
    Instant started,
    String module,
    String target,
    @Nullable String failure,
    Duration duration,
    Trace trace) {
  public boolean succeeded() {
    return failure == null;
  }
}
