package io.sentryexporter.http;

import io.sentryexporter.http.HttpFailure.Phase;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a connection to a server came, step by step, and what was seen on the way.
///
/// @param proxy that it went through, without user and password; null for none
/// @param steps in their order, the last of them the one that failed if there is a failure
/// @param address of the server or its proxy; empty if none was reached
/// @param certificate of the server; null without TLS, and if it is refused
/// @param failure null if the connection was made
public record ConnectionReport(
    @Nullable String proxy,
    List<Step> steps,
    String address,
    @Nullable Certificate certificate,
    @Nullable HttpFailure failure) {
  public ConnectionReport {
    steps = List.copyOf(steps);
  }

  /// A step, and how long it took.
  public record Step(Phase phase, Duration took) {}

  /// A certificate that was accepted.
  ///
  /// @param protocol such as `TLSv1.3`
  public record Certificate(String protocol, String subject, String issuer, Instant end) {
    static Certificate of(String protocol, X509Certificate leaf) {
      return new Certificate(
          protocol,
          leaf.getSubjectX500Principal().getName(),
          leaf.getIssuerX500Principal().getName(),
          leaf.getNotAfter().toInstant());
    }
  }
}
