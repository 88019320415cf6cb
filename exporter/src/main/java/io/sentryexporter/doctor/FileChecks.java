package io.sentryexporter.doctor;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.WebConfigFile;
import io.sentryexporter.doctor.Doctor.Installation;
import io.sentryexporter.doctor.Doctor.Step;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks files and variables, without a request.
final class FileChecks {
  private static final String SUBJECT = "configuration";

  private final Installation installation;

  FileChecks(Installation installation) {
    this.installation = installation;
  }

  List<Step> steps() {
    return List.of(
        new Step(SUBJECT, "file", this::configuration),
        new Step(SUBJECT, "permissions", this::permissions),
        new Step(SUBJECT, "environment", this::environment),
        new Step(SUBJECT, "web config", this::webConfig),
        new Step(SUBJECT, "storage", this::storage));
  }

  private void configuration(Finding.Made found, Deadline deadline) {
    for (Problem problem : installation.read().problems()) {
      if (problem.isError()) {
        found.failure(problem.toString(), "");
      } else {
        found.warning(problem.toString(), "");
      }
    }
    Config config = installation.read().config();
    if (config == null) {
      return;
    }
    if (config.isNothing()) {
      found.failure("nothing is configured", String.join("; or ", Config.WAYS_TO_BEGIN));
    } else if (installation.module() != null
        && !config.modules().containsKey(installation.module())) {
      found.failure(
          "there is no module " + installation.module(),
          "name one of " + String.join(", ", config.modules().keySet()));
    } else {
      found.ok(
          "%s: instances %s; modules %s"
              .formatted(
                  config.source(),
                  config.instances().isEmpty()
                      ? "none"
                      : String.join(", ", config.instances().keySet()),
                  String.join(", ", config.modules().keySet())));
    }
  }

  private void permissions(Finding.Made found, Deadline deadline) {
    Config config = installation.read().config();
    if (config != null && hasSecrets(config)) {
      warnIfShared(installation.configFile(), found);
    }
  }

  private boolean hasSecrets(Config config) {
    boolean hasToken =
        !installation.hasTokenInEnvironment()
            && config.instances().values().stream()
                .anyMatch(instance -> instance.credentials() instanceof Credentials.Token);
    return hasToken
        || config.modules().values().stream()
            .anyMatch(module -> module instanceof HttpModule http && !http.headers().isEmpty());
  }

  /// Warns of a file with a secret that every user of the machine can read.
  static void warnIfShared(Path file, Finding.Made found) {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        found.warning(
            "every user of this machine can read the secret in " + file,
            "chmod o-r " + file + ", and let the exporter's user or group own it");
      }
    } catch (IOException | UnsupportedOperationException _) {
      // it is not there, which is reported; or there are no such permissions
    }
  }

  private void environment(Finding.Made found, Deadline deadline) {
    installation.environmentFaults().forEach(fault -> found.failure(fault, ""));
  }

  private void webConfig(Finding.Made found, Deadline deadline) {
    Path file = installation.webConfig();
    if (file == null) {
      return;
    }
    var read = WebConfigFile.read(file);
    read.problems()
        .forEach(problem -> {
          if (problem.isError()) {
            found.failure(problem.toString(), "");
          } else {
            found.warning(problem.toString(), "");
          }
        });
    if (read.problems().stream().noneMatch(Problem::isError)) {
      found.ok(file.toString());
    }
  }

  private void storage(Finding.Made found, Deadline deadline) {
    Path folder = installation.storage().toAbsolutePath();
    Path existing = existing(folder);
    if (existing != null && Files.isDirectory(existing) && Files.isWritable(existing)) {
      found.ok(existing.equals(folder) ? folder.toString() : folder + ", which will be created");
    } else if (installation.isStorageNamed()) {
      found.failure(
          "the exporter cannot write into " + folder + ", and refuses to start",
          "name a folder with --storage.path that its user can write");
    } else {
      found.warning(
          "the exporter cannot write into "
              + folder
              + ": counters may fall after a restart, which rate() takes for a reset",
          "name a folder with --storage.path that its user can write");
    }
  }

  private static @Nullable Path existing(Path folder) {
    Path existing = folder;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing;
  }
}
