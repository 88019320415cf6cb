package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `examples/mutual-tls` as it is shipped, with a real Prometheus over the packaged exporter.
@Tag(RealParts.TAG)
class MutualTlsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(1),
          ServerOptions.onLoopback(
              TestClock.ticking(java.time.Instant.parse("2026-11-29T10:00:00Z"))));

  @TempDir Path work = Path.of("");

  @Test
  void prometheusScrapesWithItsCertificateAndNobodyElseDoes() throws IOException {
    Path examples = PackagedExporter.distribution().resolve("examples/mutual-tls");
    for (String file : new String[] {"web.yml", "prometheus.yml", "certificates.sh"}) {
      Files.copy(examples.resolve(file), work.resolve(file));
    }
    makeCertificates();
    var environment =
        Map.of(
            "PATH", System.getenv("PATH"),
            "SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN,
            "SENTRY_URL", sentry.url().toString());

    try (var exporter =
            PackagedExporter.start(
                PackagedExporter.distribution(), work, environment, "--web.config.file=web.yml");
        var prometheus = PrometheusServer.start(work, configuration(exporter))) {
      awaitScrapes(prometheus);
      assertThat(exporter.program().err()).contains("TLS is enabled.");
      assertThat(curl(exporter)).as("without a certificate").isNotZero();
      assertThat(curl(exporter, "--cert", "exporter.pem", "--key", "exporter.key"))
          .as("one of the authority, for another purpose")
          .isNotZero();
      assertThat(curl(exporter, "--cert", "prometheus.pem", "--key", "prometheus.key")).isZero();

      makeCertificates();
      double before = scrapes(prometheus);
      Eventually.within(
          PATIENCE,
          () -> {
            assertThat(curl(exporter, "--cert", "prometheus.pem", "--key", "prometheus.key"))
                .isZero();
            assertThat(exporter.program().err()).contains("web configuration reloaded");
            assertThat(scrapes(prometheus)).isGreaterThan(before + 2);
          });
      awaitScrapes(prometheus);
    }
  }

  private void makeCertificates() {
    Path openssl = RealParts.program("openssl", "openssl");
    String _ =
        Program.read(
            Program.NO_INPUT,
            work,
            Path.of("/bin/sh"),
            "certificates.sh",
            "127.0.0.1",
            "::1",
            "localhost");
    assertThat(
            Program.read(
                Program.NO_INPUT,
                work,
                openssl,
                "x509",
                "-in",
                "exporter.pem",
                "-noout",
                "-ext",
                "subjectAltName"))
        .contains("IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1", "DNS:localhost");
  }

  private String configuration(PackagedExporter exporter) throws IOException {
    String yaml = Files.readString(work.resolve("prometheus.yml"));
    assertThat(yaml).contains("127.0.0.1:9412", "my-organization", "interval: 1m", "timeout: 30s");
    return "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        + yaml.replace("127.0.0.1:9412", exporter.authority())
            .replace("my-organization", "acme")
            .replace("interval: 1m", "interval: 2s")
            .replace("timeout: 30s", "timeout: 2s");
  }

  private static void awaitScrapes(PrometheusServer prometheus) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(
                    prometheus.values(
                        "sentry_probe_success == 1 and on () up{job=\"sentry_exporter\"} == 1",
                        null))
                .as(prometheus.log())
                .isNotEmpty());
  }

  private static double scrapes(PrometheusServer prometheus) {
    return prometheus
        .values("count_over_time(up{job=\"sentry_exporter\"}[1h])", null)
        .values()
        .iterator()
        .next();
  }

  /// The exit code of a request for `/metrics`.
  private int curl(PackagedExporter exporter, String... arguments) {
    var command = new java.util.ArrayList<Object>();
    command.add(RealParts.program("curl", "curl"));
    command.addAll(java.util.List.of("-sSf", "--cacert", "ca.pem"));
    command.addAll(java.util.List.of(arguments));
    command.add("https://" + exporter.authority() + "/metrics");
    try (var program = Program.start(work, command.toArray())) {
      return program.exitCode(PATIENCE);
    }
  }
}
