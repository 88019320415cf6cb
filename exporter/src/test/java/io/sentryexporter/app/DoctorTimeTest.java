package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.doctor.Doctor;
import io.sentryexporter.doctor.Finding;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.web.WebSettings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/// How long `doctor` takes at most.
class DoctorTimeTest {
  @Test
  void afterFiftyFiveSecondsTheRestIsSkipped() throws Exception {
    var clock = new TestClock(Scene.START);
    var read =
        Config.parse(
            """
            instances: {default: {url: 'http://127.0.0.1:1', auth_token: 0123456789abcdef}}
            modules: {sentry: {prober: sentry}}
            """,
            "sentry_exporter.yml");
    try (var app =
        App.start(
            options(),
            () -> read,
            Map.of(),
            new TestTime(clock, (_, _) -> {}),
            new PrintStream(OutputStream.nullOutputStream(), true))) {
      Doctor doctor =
          app.doctor(
              new Doctor.Installation(
                  Path.of("sentry_exporter.yml"),
                  read,
                  false,
                  List.of(),
                  null,
                  Path.of("data"),
                  false,
                  null,
                  List.of()));
      List<Doctor.Step> steps = doctor.steps();
      clock.advance(Duration.ofSeconds(54));
      assertThat(doctor.run(steps.getFirst()))
          .extracting(Finding::grade)
          .containsOnly(Finding.Grade.OK);

      clock.advance(Duration.ofSeconds(1));
      for (Doctor.Step step : steps) {
        assertThat(doctor.run(step))
            .singleElement()
            .satisfies(finding -> {
              assertThat(finding.grade()).isEqualTo(Finding.Grade.SKIPPED);
              assertThat(finding.text()).startsWith("no time is left for it");
            });
      }
    }
  }

  private static App.Options options() {
    var web =
        new WebSettings(
            "", "", "", "/metrics", Set.of(), 0, Duration.ZERO, CreatedSeries.LEFT_OUT, false);
    var logging = new Logging.Settings(Logging.Format.LOGFMT, Level.ERROR, Level.ERROR);
    return new App.Options(List.of(), web, null, logging, 1, null, Duration.ZERO);
  }
}
