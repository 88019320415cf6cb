package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Reason;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

class ProbeMetricsTest {
  @Test
  void ofFailedCollectorsEachReasonIsShownWithTheirNames() {
    var failed = new LinkedHashMap<String, Reason>();
    failed.put("sessions", Reason.PARSE);
    failed.put("issues", Reason.SCOPE);
    failed.put("monitors", Reason.PARSE);
    failed.put("uptime", Reason.PARSE);
    failed.put("releases", Reason.PARSE);

    assertThat(ProbeMetrics.text(failed))
        .isEqualTo("parse (sessions, monitors, uptime, …), scope (issues)");
  }
}
