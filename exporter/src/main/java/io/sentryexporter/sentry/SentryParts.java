package io.sentryexporter.sentry;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.transport.Transport;
import io.sentryexporter.time.Sleeper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/// The dependencies that all [Sentry] objects of the process share.
///
/// @param http the last link of its transport; follows one redirect at most
/// @param nanoTime a clock that only goes forward, in nanoseconds
/// @param fetches runs requests to Sentry, which block: on threads of its own
/// @param timer of the fetches' deadlines
/// @param memory for kept answers
/// @param marks high-water marks of counters; they outlive the [Sentry]
/// @param secondReading how long after the first reading of a counter without marks comes the
///   second; zero for none
public record SentryParts(
    Transport http,
    ExporterMetrics metrics,
    InstantSource clock,
    LongSupplier nanoTime,
    Sleeper sleeper,
    Executor fetches,
    ScheduledExecutorService timer,
    AnswerMemory memory,
    InstanceMarks marks,
    Duration secondReading) {
  public SentryParts withFetches(Executor others) {
    return new SentryParts(
        http, metrics, clock, nanoTime, sleeper, others, timer, memory, marks, secondReading);
  }
}
