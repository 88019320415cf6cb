package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RunningExporter;
import java.security.Security;
import org.junit.jupiter.api.Test;

/// How long Java, which looks up names for the whole process, keeps what it has found.
class LookupTimeTest {
  @Test
  void aLookupIsKeptForThirtySecondsAndAFailedOneForTen() {
    try (var _ = RunningExporter.with(RunningExporter.module("sentry", "http://127.0.0.1/"))) {
      assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("30");
      assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("10");
      assertThat(Security.getProperty("networkaddress.cache.stale.ttl")).isIn(null, "0");
    }
  }
}
