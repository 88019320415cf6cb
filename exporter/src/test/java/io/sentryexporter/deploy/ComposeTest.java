package io.sentryexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The files of `deploy/compose`, as far as they can be checked without a container engine: only
/// keys that the formats have, every file that is mounted, and Prometheus' file by promtool.
class ComposeTest {
  private static final Path FOLDER = Path.of("deploy/compose").toAbsolutePath();

  /// Keys of a service in the Compose specification, as far as they are used.
  private static final Set<String> SERVICE =
      Set.of(
          "build",
          "cap_drop",
          "command",
          "environment",
          "extends",
          "image",
          "ports",
          "read_only",
          "restart",
          "security_opt",
          "stop_grace_period",
          "tmpfs",
          "volumes");

  @TempDir private Path work;

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "demo.yaml"})
  void itHasTheThreeServicesAndOnlyKeysThatThereAre(String name) throws IOException {
    Map<?, ?> compose = read(name);
    assertThat(keys(compose)).containsExactlyInAnyOrder("name", "services", "volumes");
    assertThat(keys(map(compose, "services"))).containsExactly("exporter", "prometheus", "grafana");
    for (Object service : map(compose, "services").values()) {
      assertThat(SERVICE).containsAll(keys((Map<?, ?>) service));
    }
  }

  @Test
  void theDemoIsTheSameWithACommand() throws IOException {
    Map<?, ?> services = map(read("demo.yaml"), "services");
    for (Object name : services.keySet()) {
      assertThat(map(map(services, name), "extends"))
          .isEqualTo(Map.of("file", "compose.yaml", "service", name));
    }
    assertThat(map(services, "exporter").get("command")).isEqualTo(List.of("demo"));
    assertThat(map(read("demo.yaml"), "volumes")).isEqualTo(map(read("compose.yaml"), "volumes"));
  }

  @Test
  void everyFileThatIsMountedIsThereAndEveryVolumeIsDeclared() throws IOException {
    Map<?, ?> compose = read("compose.yaml");
    for (Object service : map(compose, "services").values()) {
      for (Object volume : list((Map<?, ?>) service, "volumes")) {
        String source = volume.toString().split(":", -1)[0];
        if (source.startsWith(".")) {
          assertThat(FOLDER.resolve(source)).exists();
        } else {
          assertThat(keys(map(compose, "volumes"))).contains(source);
        }
      }
    }
  }

  @Test
  void itsPortsAreOfThisMachineAlone() throws IOException {
    for (Object service : map(read("compose.yaml"), "services").values()) {
      assertThat((List<?>) ((Map<?, ?>) service).get("ports"))
          .allMatch(port -> port.toString().startsWith("127.0.0.1:"));
    }
  }

  @Test
  @Tag(RealParts.TAG)
  void promtoolTakesItsFile() throws IOException {
    Files.copy(FOLDER.resolve("prometheus.yml"), work.resolve("prometheus.yml"));
    Files.copy(Path.of("examples/alerts.yml"), work.resolve("alerts.yml"));
    Path promtool = RealParts.program("promtool", "prometheus");
    assertThat(
            Program.read(
                Program.NO_INPUT, work, promtool, "check", "config", work + "/prometheus.yml"))
        .contains("SUCCESS");
  }

  @Test
  void grafanaIsProvisionedWithItsPrometheusAndTheDashboards() throws IOException {
    Map<?, ?> source = only(read("grafana/datasources.yml"), "datasources");
    assertThat(keys(source))
        .containsExactlyInAnyOrder(
            "name", "type", "access", "url", "isDefault", "editable", "jsonData");
    assertThat(source.get("url")).isEqualTo("http://prometheus:9090");
    Map<?, ?> provider = only(read("grafana/dashboards.yml"), "providers");
    assertThat(keys(provider))
        .containsExactlyInAnyOrder(
            "name", "type", "folder", "disableDeletion", "allowUiUpdates", "options");
    String path = Objects.toString(map(provider, "options").get("path"));
    assertThat(list(map(map(read("compose.yaml"), "services"), "grafana"), "volumes").toString())
        .contains("../grafana/dashboards:" + path + ":ro");
  }

  private static Map<?, ?> read(String name) throws IOException {
    String yaml = Files.readString(FOLDER.resolve(name));
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }

  private static Map<?, ?> map(Map<?, ?> parent, Object key) {
    return (Map<?, ?>) Objects.requireNonNull(parent.get(key), key.toString());
  }

  /// The only entry of a list.
  private static Map<?, ?> only(Map<?, ?> parent, String key) {
    assertThat(list(parent, key)).hasSize(1);
    return (Map<?, ?>) list(parent, key).getFirst();
  }

  private static List<?> list(Map<?, ?> parent, String key) {
    return (List<?>) Objects.requireNonNull(parent.get(key), key);
  }

  private static List<String> keys(Map<?, ?> map) {
    return map.keySet().stream().map(Object::toString).toList();
  }
}
