package io.sentryexporter.probe;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A probe that has ended, with what it did; without its figures, which a history cannot hold.
///
/// @param id its number since the start of the process, from 1
/// @param failure why it did not succeed, in a few words; null if it did
/// @param trace what it did
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
