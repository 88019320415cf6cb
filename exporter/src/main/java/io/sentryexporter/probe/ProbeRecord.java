package io.sentryexporter.probe;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An ended probe as the history keeps it: without its page, which is too large.
///
/// @param id its number since the start of the process, from 1
/// @param failure why it did not succeed, in a few words; null if it did
/// @param error what happened, in words; null if it succeeded
public record ProbeRecord(
    long id,
    Instant started,
    @Nullable String failure,
    @Nullable String error,
    Duration duration,
    Trace trace) {
  public String module() {
    return trace.module();
  }

  public String target() {
    return trace.target();
  }

  public boolean succeeded() {
    return failure == null;
  }
}
