package io.sentryexporter.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Any file of another exporter, by its first byte: its configuration (`f`), its variables (`e`),
/// or the jobs of its Prometheus (`j`). What is made of it is a configuration that is read without
/// an error and shows no secret; or there are errors.
public final class MigrationFuzz {
  private static final String SECRETS = "/run/secrets";

  private static final byte[] ONE_MODULE =
      "modules: {legacy: {prober: http, http: {prefix: 'https://sentry.io/api/0/projects/'}}}"
          .getBytes(UTF_8);

  private MigrationFuzz() {}

  public static void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    var problems = new Problems("fuzz");
    Migration migration = migrated(input[0], Arrays.copyOfRange(input, 1, input.length), problems);

    Sound.assertMessages(problems.inOrder().stream().map(Problem::toString).toList());
    if (problems.hasErrors() || migration == null) {
      assertThat(problems.hasErrors() || input[0] == 'e').isTrue();
      return;
    }
    String configuration = migration.configuration();
    String jobs = migration.scrapeConfiguration("127.0.0.1:9412");
    String withoutUser = jobs.replaceAll("(?m)^ *username: .*$", "");
    assertThat(configuration + withoutUser).doesNotContain(Sound.CANARY);
    Config.Result read = Config.parse(configuration, "migrated.yml");
    assertThat(read.errors())
        .as(configuration)
        .allMatch(error -> error.contains("set the variable SENTRY_AUTH_TOKEN")); // where it was
    migration
        .secrets()
        .forEach((name, kept) -> {
          assertThat(name).matches("[a-z0-9._-]{1,200}").doesNotStartWith(".");
          Sound.assertMessage(kept.origin());
        });
  }

  private static @Nullable Migration migrated(byte kind, byte[] file, Problems problems) {
    return switch (kind) {
      case 'e' -> ofVariables(new String(file, UTF_8), problems);
      case 'j' -> OldFile.read(ONE_MODULE, OldJobs.read(file, problems), SECRETS, problems);
      default -> OldFile.read(file, OldJobs.NONE, SECRETS, problems);
    };
  }

  private static @Nullable Migration ofVariables(String file, Problems problems) {
    Map<String, String> variables = OldEnvironment.variables(file, problems);
    if (!OldEnvironment.isOne(variables)) {
      return null;
    }
    return OldEnvironment.read(variables, SECRETS, problems);
  }
}
