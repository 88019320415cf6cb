package io.sentryexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.WebConfigFile;
import io.sentryexporter.deploy.Manifests.Manifest;
import io.sentryexporter.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The chart, linted and rendered by Helm itself; each object is read strictly.
class ChartTest {
  private static final Path CHART = Path.of("deploy/helm/sentry-exporter").toAbsolutePath();
  private static final String KUBERNETES = "1.33.0";
  private static final String NAME = "monitor-sentry-exporter";
  private static final String IMAGE = "image: {repository: registry.example/sentry_exporter}\n";
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /// What a chart adds for Helm alone.
  private static final Pattern HELMS =
      Pattern.compile(
          "(?m)^(# Source: .*| *app.kubernetes.io/managed-by: .*| *helm.sh/chart: .*)\n");

  private static final Map<?, ?> RULES = tree(read(Path.of("examples/alerts.yml")));

  @TempDir private Path work;

  @Test
  void helmFindsNothingToComplainOf() {
    var lint = new Helm(CHART).lint().strict().call();
    assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
    assertThat(lint.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} |",
        "sentry: {token: sntryu_0123456789} | Secret",
        "sentry: {existingSecret: mine, existingSecretKey: key} |",
        "config: {modules: {sentry: {prober: sentry}}} | ConfigMap",
        "existingConfigMap: mine |",
        "webConfig: {tls_server_config: {cert_file: a.pem, key_file: b.pem}} | Secret",
        "existingWebConfigSecret: mine |",
        "persistence: {enabled: true} | PersistentVolumeClaim",
        "persistence: {enabled: true, storageClass: fast, size: 1Gi} | PersistentVolumeClaim",
        "persistence: {enabled: true, existingClaim: mine} |",
        "serviceAccount: {create: true, name: mine, annotations: {a: b}} |",
        "service: {type: NodePort, port: 80, annotations: {a: b}} |",
        "replicaCount: 0 |",
        "serviceMonitor: {enabled: true} | ServiceMonitor",
        "serviceMonitor: {enabled: true, interval: 15s, endpoint: {basicAuth: {username: {name: a,"
            + " key: b}, password: {name: a, key: c}}}} | ServiceMonitor",
        "scrapeConfig: {enabled: true} | ScrapeConfig",
        "scrapeConfig: {enabled: true, query: kind=project, spec: {tlsConfig: {insecureSkipVerify:"
            + " true}}} | ScrapeConfig",
        "{probe: {enabled: true}, sentry: {organizations: [a, b]}} | Probe",
        "prometheusRule: {enabled: true} | PrometheusRule",
        "networkPolicy: {enabled: true} | NetworkPolicy",
        "networkPolicy: {enabled: true, egressPorts: [443, 3128], ingressFrom: [{namespaceSelector:"
            + " {matchLabels: {a: b}}}]} | NetworkPolicy",
        "extraManifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: mine}}] | ConfigMap",
        "{extraArgs: [--log.format=json], extraEnv: [{name: HTTPS_PROXY, value: 'http://p:1'}],"
            + " extraEnvFrom: [{secretRef: {name: mine}}]} |",
        "{extraVolumes: [{name: ca, configMap: {name: ca}}], extraVolumeMounts: [{name: ca,"
            + " mountPath: /ca}]} |",
        "{imagePullSecrets: [{name: a}], priorityClassName: high, nodeSelector: {a: b},"
            + " tolerations: [{key: a, operator: Exists}], podAnnotations: {a: b}, podLabels: {c:"
            + " d}, commonLabels: {e: f}, affinity: {nodeAffinity: {}}} |",
      })
  void eachSwitchAddsWhatItIsNamedFor(String values, String kind) {
    var kinds = new ArrayList<>(List.of("Deployment", "Service", "ServiceAccount"));
    if (kind != null) {
      kinds.add(kind);
    }
    assertThat(render(values).kinds()).containsExactlyInAnyOrderElementsOf(kinds);
  }

  @Test
  void allSwitchesTogetherMakeOneOfEach() {
    var all =
        render(
            """
            sentry: {organizations: [my-organization], token: sntryu_0123456789}
            config: {modules: {sentry: {prober: sentry}}}
            persistence: {enabled: true}
            serviceMonitor: {enabled: true}
            scrapeConfig: {enabled: true}
            prometheusRule: {enabled: true}
            networkPolicy: {enabled: true}
            monitoringLabels: {release: kube-prometheus-stack}
            """);
    assertThat(all.kinds())
        .containsExactly(
            "ConfigMap",
            "Deployment",
            "NetworkPolicy",
            "PersistentVolumeClaim",
            "PrometheusRule",
            "ScrapeConfig",
            "Secret",
            "Service",
            "ServiceAccount",
            "ServiceMonitor");
    for (String kind : List.of("PrometheusRule", "ScrapeConfig", "ServiceMonitor")) {
      assertThat(all.only(kind).text("metadata", "labels", "release"))
          .isEqualTo("kube-prometheus-stack");
    }
    assertThat(all.all()).allMatch(manifest -> manifest.name().equals(NAME));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "replicaCount: 2 | two ages of one counter look like resets",
        "{replicaCount: 2, service: {create: false}, persistence: {enabled: true}} | ReadWriteMany",
        "{service: {create: false}, scrapeConfig: {enabled: true}} | needs service.create: true",
        "sentry: {token: a, existingSecret: b} | not both",
        "{config: {modules: {}}, existingConfigMap: b} | not both",
        "{webConfig: {basic_auth_users: {}}, existingWebConfigSecret: b} | not both",
        "{scrapeConfig: {enabled: true}, probe: {enabled: true}, sentry: {organizations: [a]}}"
            + " | each scrapes every organization",
        "probe: {enabled: true} | needs sentry.organizations",
        "image: {repository: ''} | set image.repository",
        "scrapeconfig: {enabled: true} | 'scrapeconfig' not allowed",
        "sentry: {organisations: [a]} | 'organisations' not allowed",
        "sentry: {organizations: acme} | want array",
        "replicaCount: -1 | minimum",
        "terminationGracePeriodSeconds: 10 | minimum",
        "sentry: {url: sentry.example.org} | does not match",
        "scrapeConfig: {enabled: true, query: '?kind=project'} | does not match",
        "prometheusRule: {runbooks: wiki.example/runbooks} | does not match",
        "image: {digest: 0123} | got number, want string",
      })
  void whatCannotWorkIsRefusedWithTheReason(String values, String reason) {
    assertThatThrownBy(() -> render(values)).hasMessageContaining(reason);
  }

  @Test
  void twoReplicasAreAllowedBehindABalancerOfYourOwn() {
    var rendered = render("{replicaCount: 2, service: {create: false}}");
    assertThat(rendered.kinds()).containsExactly("Deployment", "ServiceAccount");
    assertThat(rendered.only("Deployment").at("spec", "replicas")).isEqualTo(2);
  }

  @Test
  void thePodHasNoRightThatItDoesNotNeed() {
    Manifest deployment = render("{}").only("Deployment");
    Object[] pod = {"spec", "template", "spec"};
    assertThat(deployment.text("spec", "strategy", "type")).isEqualTo("Recreate");
    assertThat(deployment.at(with(pod, "automountServiceAccountToken"))).isEqualTo(false);
    assertThat(deployment.at(with(pod, "securityContext", "runAsNonRoot"))).isEqualTo(true);
    assertThat(deployment.at(with(pod, "securityContext", "fsGroup"))).isEqualTo(65532);
    assertThat(deployment.text(with(pod, "securityContext", "seccompProfile", "type")))
        .isEqualTo("RuntimeDefault");
    Object[] container = with(pod, "containers", 0);
    assertThat(deployment.at(with(container, "securityContext")))
        .isEqualTo(
            Map.of(
                "readOnlyRootFilesystem", true,
                "allowPrivilegeEscalation", false,
                "capabilities", Map.of("drop", List.of("ALL"))));
    assertThat((@Nullable Integer) deployment.at(with(pod, "terminationGracePeriodSeconds")))
        .as("the drain takes 10 s")
        .isGreaterThan(11);
    assertThat(render("{}").only("ServiceAccount").at("automountServiceAccountToken"))
        .isEqualTo(false);
  }

  @Test
  void theTokenIsAFileThatIsReadAnewAndNoVariable() {
    String values = "sentry: {existingSecret: mine, existingSecretKey: sentry-token}";
    Manifests rendered = render(values);
    Manifest deployment = rendered.only("Deployment");
    assertThat(container(deployment, "env"))
        .isEqualTo(
            List.of(
                Map.of(
                    "name", "SENTRY_AUTH_TOKEN_FILE",
                    "value", "/run/secrets/sentry/sentry-token")));
    assertThat(container(deployment, "volumeMounts"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains(Map.of("name", "token", "mountPath", "/run/secrets/sentry", "readOnly", true));
    assertThat(rendered.yaml()).contains("secretName: mine");

    var own = render("sentry: {token: sntryu_0123456789}");
    assertThat(own.only("Secret").text("stringData", "token")).isEqualTo("sntryu_0123456789");
    assertThat(own.yaml()).containsOnlyOnce("sntryu_0123456789").contains("secretName: " + NAME);
  }

  @Test
  void theConfigurationIsReadableByTheExporterAndReloadedWhenItChanges() {
    Manifests rendered =
        render(
            """
            config:
              instances: {default: {url: "https://sentry.example.org", auth_token: 0123456789abcdef}}
              modules: {sentry: {prober: sentry, timeout: 20s, collectors: {outcomes: {}}}}
            """);
    String file = rendered.only("ConfigMap").text("data", "sentry_exporter.yml");
    assertThat(Config.parse(file, "sentry_exporter.yml").problems()).isEmpty();
    assertThat(container(rendered.only("Deployment"), "args"))
        .isEqualTo(
            List.of(
                "--storage.path=/var/lib/sentry_exporter",
                "--config.file=/etc/sentry_exporter/config/sentry_exporter.yml",
                "--config.enable-auto-reload"));
  }

  @Test
  void theWebConfigurationIsReadableByTheExporterAndKeepsTheKubeletOut() throws IOException {
    String users =
        "basic_auth_users: {me: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}";
    Manifests rendered = render("webConfig: {" + users + "}");
    Path file = Files.writeString(work.resolve("web.yml"), secret(rendered));
    assertThat(WebConfigFile.read(file).problems()).isEmpty();
    assertThat(container(rendered.only("Deployment"), "args"))
        .isEqualTo(
            List.of(
                "--storage.path=/var/lib/sentry_exporter",
                "--web.config.file=/etc/sentry_exporter/web/web.yml"));
    assertThat(container(rendered.only("Deployment"), "readinessProbe"))
        .isEqualTo(Map.of("tcpSocket", Map.of("port", "http"), "timeoutSeconds", 5));
  }

  private static String secret(Manifests rendered) {
    return rendered.only("Secret").text("stringData", "web.yml");
  }

  @Test
  void withTlsEverythingSpeaksIt() {
    String tls = "webConfig: {tls_server_config: {cert_file: a.pem, key_file: b.pem}}\n";
    Manifests rendered =
        render(tls + "scrapeConfig: {enabled: true}\nserviceMonitor: {enabled: true}\n");
    assertThat(rendered.only("ScrapeConfig").text("spec", "httpSDConfigs", 0, "url"))
        .isEqualTo("https://" + NAME + ".monitoring.svc:9412/sd");
    assertThat(rendered.only("ServiceMonitor").text("spec", "endpoints", 0, "scheme"))
        .isEqualTo("https");
    assertThat(rendered.yaml()).contains("scheme: HTTPS").doesNotContain("scheme: HTTP\n");
  }

  @Test
  void theJobsAreNamedAsTheRulesKnowThem() {
    Manifests rendered =
        render(
            "{serviceMonitor: {enabled: true}, scrapeConfig: {enabled: true, query:"
                + " kind=project}}");
    Manifest scrape = rendered.only("ScrapeConfig");
    assertThat(scrape.text("spec", "jobName")).isEqualTo("sentry");
    assertThat(scrape.text("spec", "httpSDConfigs", 0, "url"))
        .isEqualTo("http://" + NAME + ".monitoring.svc:9412/sd?kind=project");
    assertThat(rendered.only("ServiceMonitor").at("spec", "endpoints", 0, "relabelings", 0))
        .isEqualTo(Map.of("targetLabel", "job", "replacement", "sentry_exporter"));
    assertThat(rendered.only("ServiceMonitor").at("spec", "selector", "matchLabels"))
        .isEqualTo(rendered.only("Service").at("spec", "selector"));
    assertThat(RULES.toString()).contains("job=\"sentry_exporter\"", "job=~\"sentry|");
    Manifest probe = render("{probe: {enabled: true}, sentry: {organizations: [a]}}").only("Probe");
    assertThat(probe.text("spec", "jobName")).isEqualTo("sentry");
    assertThat(probe.text("spec", "prober", "url")).isEqualTo(NAME + ".monitoring.svc:9412");
  }

  @Test
  void theOperatorsLabelEndpointLeavesThatOfTheExportersMetricsAlone() {
    assertThat(read(Path.of("docs/metrics.md")))
        .contains("sentry_exporter_api_requests_total{endpoint,");
    assertThat(
            render("serviceMonitor: {enabled: true}")
                .only("ServiceMonitor")
                .at("spec", "endpoints", 0, "relabelings", 1))
        .isEqualTo(Map.of("action", "labeldrop", "regex", "endpoint"));
  }

  @Test
  void theRulesAreThoseOfTheExamplesLessTheDisabled() {
    Manifest all = render("prometheusRule: {enabled: true}").only("PrometheusRule");
    assertThat(all.at("spec", "groups")).isEqualTo(RULES.get("groups"));

    Manifest less =
        render("prometheusRule: {enabled: true, disabled: [SentryProbesDown]}")
            .only("PrometheusRule");
    assertThat(all.tree().toString()).contains("alert=SentryProbesDown");
    assertThat(less.tree().toString())
        .contains("alert=SentryExporterDown")
        .doesNotContain("alert=SentryProbesDown");
  }

  @Test
  void everyRunbookIsWhereTheValuesPlaceIt() {
    String at = "https://wiki.example/runbooks/";
    String rules =
        render("prometheusRule: {enabled: true, runbooks: '" + at + "'}")
            .only("PrometheusRule")
            .tree()
            .toString();
    assertThat(rules)
        .contains("runbook_url=" + at + "SentryProbesDown.md")
        .doesNotContain("sentry-exporter.example");
  }

  @Test
  void eachDashboardIsAConfigMapThatTheSidecarOfGrafanaFinds() throws IOException {
    String values = "dashboards: {enabled: true, annotations: {grafana_folder: Sentry}}";
    var maps =
        render(values).all().stream()
            .filter(manifest -> manifest.kind().equals("ConfigMap"))
            .toList();
    int files = 0;
    try (var folder = Files.newDirectoryStream(CHART.resolve("files/dashboards"), "*.json")) {
      for (Path file : folder) {
        files++;
        assertThat(maps)
            .filteredOn(map ->
                map.text("data", file.getFileName().toString()).strip().equals(read(file).strip()))
            .singleElement()
            .satisfies(map -> {
              assertThat(map.text("metadata", "labels", "grafana_dashboard")).isEqualTo("1");
              assertThat(map.text("metadata", "annotations", "grafana_folder")).isEqualTo("Sentry");
            });
      }
    }
    assertThat(maps).hasSize(files);
  }

  @Test
  void theEightLinesOfItsReadmeAreEnough() {
    String readme = read(CHART.resolve("README.md"));
    var block = YAML.matcher(readme);
    assertThat(block.find()).isTrue();
    String values = block.group(1);
    assertThat(values.lines()).hasSizeLessThanOrEqualTo(8);
    assertThat(render(values).kinds())
        .contains("Deployment", "Service", "ServiceMonitor", "ScrapeConfig", "PrometheusRule");
  }

  @Test
  void itPrintsTheNextStep() {
    assertThat(notes("{}")).contains("It has no token yet", "kubectl -n monitoring create secret");
    assertThat(notes("sentry: {existingSecret: mine, organizations: [acme]}"))
        .contains(
            "kubectl -n monitoring port-forward service/" + NAME + " 9412:9412",
            "curl 'http://127.0.0.1:9412/probe?target=acme'",
            "No Prometheus scrapes it yet",
            "- url: http://" + NAME + ".monitoring.svc:9412/sd");
    assertThat(notes("{sentry: {existingSecret: mine}, scrapeConfig: {enabled: true}}"))
        .contains("dashboards.enabled=true")
        .doesNotContain("No Prometheus");
    assertThat(notes("{sentry: {existingSecret: mine}, replicaCount: 2, service: {create: false}}"))
        .contains("by a hash of the parameter target");
  }

  @Test
  void itsPackageHasWhatItsFolderLinksTo() throws IOException {
    new Helm(CHART).packageIt().withDestination(work).call();
    Path archive = work.resolve("sentry-exporter-" + version() + ".tgz");
    Manifest rule = render(archive, "prometheusRule: {enabled: true}").only("PrometheusRule");
    assertThat(rule.at("spec", "groups")).isEqualTo(RULES.get("groups"));
  }

  @Test
  void itsVersionIsThatOfTheProgram() throws IOException {
    Map<?, ?> chart = tree(read(CHART.resolve("Chart.yaml")));
    assertThat(chart.get("version")).isEqualTo(version());
    assertThat(chart.get("appVersion")).isEqualTo(version());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sentry-exporter", "prometheus-operator"})
  void thePlainManifestsAreRenderedFromIt(String part) {
    String values = "sentry: {existingSecret: sentry-token, organizations: [my-organization]}\n";
    String monitoring = "{serviceMonitor: {enabled: true}, scrapeConfig: {enabled: true}}";
    Manifests rendered = part.equals("sentry-exporter") ? render(values) : render(monitoring);
    var text = new StringBuilder(head(part));
    rendered.all().stream()
        .filter(manifest ->
            part.equals("sentry-exporter")
                != manifest.text("apiVersion").startsWith("monitoring.coreos.com/"))
        .forEach(manifest -> text.append(source(rendered, manifest)));
    String plain = HELMS.matcher(text).replaceAll("").replace(NAME, "sentry-exporter");
    assertThat(Manifests.read(plain).all()).hasSizeGreaterThanOrEqualTo(2);
    Golden.assertMatches(Path.of("deploy/kubernetes/" + part + ".yaml"), plain);
  }

  private static String head(String part) {
    String apply = "# kubectl -n monitoring apply -f " + part + ".yaml\n";
    return "# Rendered from deploy/helm/sentry-exporter; mvn verify -Dgolden=update writes it"
        + " anew.\n"
        + (part.equals("sentry-exporter")
            ? "# Write your image and organization, and make the Secret; then apply it:\n"
                + "#   kubectl -n monitoring create secret generic sentry-token"
                + " --from-literal=token=…\n"
                + apply.replace("# ", "#   ")
            : "# Scrape jobs for the Prometheus Operator; give them the labels that yours selects\n"
                + "# by, then apply it:\n"
                + apply.replace("# ", "#   "));
  }

  /// A document of the text, found by its kind.
  private static String source(Manifests rendered, Manifest manifest) {
    for (String document : rendered.yaml().split("(?m)^---\n", -1)) {
      if (document.contains("\nkind: " + manifest.kind() + "\n")) {
        return "---\n" + document;
      }
    }
    throw new AssertionError(manifest.kind());
  }

  private Manifests render(String values) {
    return render(CHART, values);
  }

  private Manifests render(Path chart, String values) {
    return Manifests.read(
        new Helm(chart)
            .template()
            .withName("monitor")
            .withNamespace("monitoring")
            .withKubeVersion(KUBERNETES)
            .withValuesFile(file("image.yml", IMAGE))
            .withValuesFile(file("values.yml", values))
            .call());
  }

  private String notes(String values) {
    return new Helm(CHART)
        .install()
        .withName("monitor")
        .withNamespace("monitoring")
        .withKubeVersion(KUBERNETES)
        .clientOnly()
        .withDryRunOption(DryRun.CLIENT)
        .withValuesFile(file("image.yml", IMAGE))
        .withValuesFile(file("values.yml", values))
        .call()
        .getOutput();
  }

  private Path file(String name, String text) {
    try {
      return Files.writeString(work.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Object container(Manifest deployment, String key) {
    return deployment.at("spec", "template", "spec", "containers", 0, key);
  }

  private static Object[] with(Object[] path, Object... more) {
    Object[] whole = Arrays.copyOf(path, path.length + more.length);
    System.arraycopy(more, 0, whole, path.length, more.length);
    return whole;
  }

  private static String version() {
    var version = Pattern.compile("<version>(.*)</version>").matcher(read(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  private static Map<?, ?> tree(String yaml) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
