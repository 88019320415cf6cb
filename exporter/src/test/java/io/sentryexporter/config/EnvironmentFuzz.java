package io.sentryexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.http.Origin;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.yaml.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Any variables of the environment, `NAME=value` in lines, where there is no file: a configuration
/// whose requests all go below `SENTRY_URL`, or errors that show no secret.
public final class EnvironmentFuzz {
  private static final Path NO_FILE = Path.of("/nowhere/sentry_exporter.yml");

  private EnvironmentFuzz() {}

  public static void check(byte[] lines) {
    Map<String, String> environment = variables(lines);

    Config.Result read = new ConfigSource(NO_FILE, false, environment).get();

    Sound.assertMessages(read.problems().stream().map(Problem::toString).toList());
    if (read.config() != null) {
      assertThat(read.config().toYaml()).doesNotContain(Sound.CANARY);
      read.config().instances().values().forEach(EnvironmentFuzz::assertBelow);
    }
  }

  /// The system cannot hold a NUL in a variable.
  public static Map<String, String> variables(byte[] lines) {
    var environment = new HashMap<String, String>();
    for (String line : new String(lines, UTF_8).replace("\0", "").split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return environment;
  }

  private static void assertBelow(Instance instance) {
    URI url = instance.url();
    assertThat(url.toString()).doesNotContain("@", "?", "#").doesNotEndWith("/");
    URI address = new ApiGet.Parameters().to(Endpoint.PROJECTS, "acme").address(url);
    assertThat(address).hasToString(url + "/api/0/organizations/acme/projects/");
    assertThat(Origin.of(address)).isEqualTo(Origin.of(url));
    assertThat(address.normalize()).isEqualTo(address);
  }
}
