package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RunningExporter;
import org.junit.jupiter.api.Test;

class SignalHandlingTest {
  private static final String BEFORE = RunningExporter.module("before", "http://127.0.0.1/api/0/");
  private static final String AFTER = RunningExporter.module("after", "http://127.0.0.1/api/0/");

  @Test
  void aReloadRequestedDuringTheStartIsDoneWhenItRuns() throws InterruptedException {
    try (var exporter = RunningExporter.with(BEFORE)) {
      var running = new SignalHandling();
      exporter.configure(AFTER);
      running.reload();
      assertThat(exporter.get("/config").text()).contains("before:");
      running.stop();

      running.untilSignalled(exporter.app());

      assertThat(exporter.log()).containsOnlyOnce("configuration reloaded").contains("msg=stopped");
    }
  }

  @Test
  void withoutOneNothingIsReloaded() throws InterruptedException {
    try (var exporter = RunningExporter.with(BEFORE)) {
      var running = new SignalHandling();
      running.stop();

      running.untilSignalled(exporter.app());

      assertThat(exporter.log()).doesNotContain("reloaded").contains("msg=stopped");
    }
  }
}
