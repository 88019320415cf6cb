package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./sentry_exporter demo`, as in the README.
class DemoIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern WHOLE = Pattern.compile("Ctrl-C ends it");
  private static final Pattern URL = Pattern.compile("http://[^\\s']+");

  @TempDir Path work = Path.of("");

  @Test
  void itPrintsWhereToLookAndWhatAProbeAnswersAndEndsWithCtrlC() {
    try (var demo = start()) {
      demo.awaitOutput(WHOLE, PATIENCE);
      List<String> urls = URL.matcher(demo.out()).results().map(MatchResult::group).toList();
      assertThat(urls).hasSizeGreaterThanOrEqualTo(6);
      for (String url : urls) {
        assertThat(Fetch.get(url).status()).as(url).isEqualTo(200);
      }
      assertThat(demo.out())
          .contains("sentry_probe_success 1.0")
          .containsPattern("sentry_outcomes_total\\{category=\"error\".* \\d+\\.0");
      demo.signal("INT");
      assertThat(demo.exitCode(PATIENCE)).isZero();
    }
  }

  @Test
  void whereToLookIsAsTheFlagsHaveIt() {
    try (var demo = start("--web.route-prefix=/x", "--web.telemetry-path=/own")) {
      demo.awaitOutput(WHOLE, PATIENCE);
      List<String> urls = URL.matcher(demo.out()).results().map(MatchResult::group).toList();
      assertThat(urls).anyMatch(url -> url.endsWith("/x/own"));
      for (String url : urls) {
        assertThat(Fetch.get(url).status()).as(url).isEqualTo(200);
      }
      assertThat(demo.out()).contains("sentry_probe_success 1.0");
    }
  }

  @Test
  void everyPageAndAMetricShowThatTheDataIsSimulated() {
    try (var demo = start()) {
      demo.awaitOutput(WHOLE, PATIENCE);
      assertThat(demo.out()).contains("All data is invented");
      String exporter = URL.matcher(demo.out()).results().findFirst().orElseThrow().group();
      for (String path :
          List.of("", "config", "metrics", "probe?target=acme/web", "-/healthy", "none")) {
        assertThat(Fetch.get(exporter + path).header("X-Sentry-Exporter-Demo"))
            .as(path)
            .isEqualTo("the data is simulated");
      }
      assertThat(Fetch.get(exporter).text()).contains("The data is simulated");
      for (String path :
          List.of("metrics", "probe?target=acme/web", "probe?target=acme/none", "logs?id=1")) {
        var page = Fetch.get(exporter + path);
        assertThat(page.status()).isEqualTo(200);
        if (!path.startsWith("logs")) {
          assertThat(page.value("sentry_exporter_demo")).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void anImageMakesItReachableFromOutsideByAVariable() {
    var environment = new HashMap<>(System.getenv());
    environment.put("SENTRY_EXPORTER_DEMO_ADDRESS", ":0");
    String launcher = PackagedExporter.distribution().resolve("sentry_exporter").toString();
    var command = List.of(launcher, "demo", "--sentry.listen-address=127.0.0.1:0");
    try (var demo = Program.start(work, environment, command)) {
      demo.awaitOutput(WHOLE, PATIENCE);
      String exporter = URL.matcher(demo.out()).results().findFirst().orElseThrow().group();
      assertThat(exporter).startsWith("http://localhost:");
      assertThat(demo.out()).contains("sentry_probe_success 1.0");
      String elsewhere = exporter.replace("localhost", "127.0.0.2");
      assertThat(Fetch.get(elsewhere + "probe?target=acme").value("sentry_probe_success")).isOne();
      assertThat(Fetch.get(elsewhere).text()).contains("sentry_exporter");
    }
  }

  private Program start(String... flags) {
    var command = new ArrayList<Object>();
    command.add(PackagedExporter.distribution().resolve("sentry_exporter"));
    command.add("demo");
    command.add("--web.listen-address=127.0.0.1:0");
    command.add("--sentry.listen-address=127.0.0.1:0");
    command.addAll(List.of(flags));
    return Program.start(work, command.toArray());
  }
}
