package io.sentryexporter.tls;

import java.util.Arrays;
import java.util.List;

/// Versions of TLS, named as Prometheus' configuration files name them.
public enum TlsVersion {
  TLS10("TLSv1"),
  TLS11("TLSv1.1"),
  TLS12("TLSv1.2"),
  TLS13("TLSv1.3");

  private final String protocol;

  TlsVersion(String protocol) {
    this.protocol = protocol;
  }

  /// Whether the Java runtime speaks it: it has switched off those before 1.2, which are broken.
  public boolean isSpoken() {
    return compareTo(TLS12) >= 0;
  }

  /// The versions from one to another that are spoken, by the names of Java; none if there are
  /// none.
  public static List<String> protocols(TlsVersion min, TlsVersion max) {
    return Arrays.stream(values())
        .filter(version -> version.compareTo(min) >= 0 && version.compareTo(max) <= 0)
        .filter(TlsVersion::isSpoken)
        .map(version -> version.protocol)
        .toList();
  }
}
