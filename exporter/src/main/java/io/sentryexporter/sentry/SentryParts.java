package io.sentryexporter.sentry;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.time.Sleeper;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The dependencies that all [SentryClient] objects of the process share.
///
/// @param http makes the calls; follows one redirect at most
/// @param random spreads retries
/// @param fetches runs requests to Sentry, which block: on threads of its own
/// @param memory for kept answers
/// @param marks high-water marks of counters; they outlive the [SentryClient]
/// @param secondReading how long after the first reading of a counter without marks comes the
///   second; zero for none
public record SentryParts(
    RequestSender.Http http,
    ExporterMetrics metrics,
    TimeSource time,
    RandomGenerator random,
    Executor fetches,
    AnswerMemory memory,
    InstanceMarks marks,
    Duration secondReading) {
  public SentryParts withFetches(Executor others) {
    return new SentryParts(http, metrics, time, random, others, memory, marks, secondReading);
  }

  InstantSource clock() {
    return time;
  }

  LongSupplier nanoTime() {
    return time::nanoTime;
  }

  Sleeper sleeper() {
    return time;
  }
}
