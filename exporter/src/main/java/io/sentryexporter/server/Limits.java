package io.sentryexporter.server;

import java.time.Duration;

/// The limits of one listener for its clients.
///
/// @param maxConnections open at once; each costs a thread and about 16 KiB
/// @param maxHeaderBytes request line and headers together
/// @param maxHeaders header lines of one request
/// @param maxBodyBytes of one request; they are read and thrown away
public record Limits(
    int maxConnections, int maxHeaderBytes, int maxHeaders, int maxBodyBytes, Timeouts timeouts) {

  public static final Limits STANDARD = new Limits(512, 16 << 10, 100, 64 << 10, Timeouts.STANDARD);

  private static final int SPARE = 64;
  private static final int MOST_PROBES = Integer.MAX_VALUE - SPARE;

  public Limits {
    if (maxConnections < 1 || maxHeaderBytes < 1 || maxHeaders < 1 || maxBodyBytes < 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  /// The standard limits, with enough connections that probes at their limit leave some for
  /// everything else.
  ///
  /// @param maxProbes maximum number of concurrent probes, 0 for no limit
  public static Limits forProbes(int maxProbes) {
    int connections = Math.max(STANDARD.maxConnections, Math.min(maxProbes, MOST_PROBES) + SPARE);
    return new Limits(
        connections,
        STANDARD.maxHeaderBytes,
        STANDARD.maxHeaders,
        STANDARD.maxBodyBytes,
        STANDARD.timeouts);
  }

  /// These limits with at most this number of connections.
  public Limits atMost(int connections) {
    return new Limits(
        Math.min(maxConnections, connections), maxHeaderBytes, maxHeaders, maxBodyBytes, timeouts);
  }

  /// Maximum duration of each step as a whole, however slowly the bytes arrive. Slower clients are
  /// cut off.
  ///
  /// @param idle from the connection's start or its last answer to the first byte of a request
  /// @param header from the first byte of a request to the last of its headers
  /// @param body from the last header to the last byte of the body
  /// @param write from the first byte of the answer to its last
  public record Timeouts(Duration idle, Duration header, Duration body, Duration write) {
    public static final Timeouts STANDARD =
        new Timeouts(
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));
  }
}
