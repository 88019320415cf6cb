package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.Listener.AcceptingLog;
import io.sentryexporter.testing.LogCapture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AcceptingLogTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void eachStateIsLoggedOnceAMinuteAtMost() {
    var lines = LogCapture.of(AcceptingLogTest.class);
    var accepting = new AcceptingLog(LoggerFactory.getLogger(AcceptingLogTest.class), 9412, 0);

    for (int second = 0; second < 120; second++) {
      accepting.failed("files", second * SECOND);
      accepting.accepted(second * SECOND + 1);
    }

    assertThat(lines.lines())
        .containsExactly(
            "WARN cannot accept connections port=9412 reason=files",
            "INFO accepting connections again port=9412",
            "WARN cannot accept connections port=9412 reason=files",
            "INFO accepting connections again port=9412");
  }

  @Test
  void theLastStateIsLoggedHoweverLate() {
    var lines = LogCapture.of(AcceptingLogTest.class);
    var accepting = new AcceptingLog(LoggerFactory.getLogger(AcceptingLogTest.class), 9412, 0);
    accepting.failed("files", 0);
    accepting.accepted(SECOND);

    accepting.failed("files", 2 * SECOND);
    accepting.failed("files", 61 * SECOND);

    assertThat(lines.lines())
        .hasSize(3)
        .last()
        .isEqualTo("WARN cannot accept connections port=9412 reason=files");
  }
}
