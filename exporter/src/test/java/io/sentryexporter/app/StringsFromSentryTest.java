package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.generated.com_google_protobuf_4_36_1.Metrics;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.text.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import tools.jackson.databind.json.JsonMapper;

/// Texts that people who may write in Sentry, or a Sentry that is not what it seems, choose:
/// wherever they stand in an answer, they harm no page, no log and no terminal.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StringsFromSentryTest {
  /// What stands in place of the bytes that [#BYTES] has.
  private static final String MARK = "zzmarkzz";

  private static final List<String> TEXTS =
      List.of(
          "\"",
          "'",
          "\\",
          "\\\"",
          "\\n",
          "a\nb",
          "a\r\nb",
          "a\rb",
          "\t",
          "{}",
          "a=\"b\"",
          "# EOF",
          "} 1\nsentry_fake{x=\"",
          "\"} 1\nsentry_fake 1\n# EOF\n",
          "# HELP x\n# TYPE x counter",
          "\u001b[31mred\u001b[0m",
          "\u001b]0;title\u0007",
          "\u009b31m",
          "\u001bc",
          "\b\b\b",
          "\u0000",
          "\u007f",
          "\u0085",
          "\u00ad",
          "\u200b",
          "\u200d",
          "\u2028",
          "\u2029",
          "\u202e",
          "\u2066x",
          "\u061c",
          "\ufeff",
          "\ufffe",
          "\uffff",
          "\ue000",
          "\u3164",
          "\ud83d\ude00",
          "e\u0301",
          "\udb40\udc01",
          "\u0338".repeat(500),
          "x".repeat(127),
          "x".repeat(128),
          "x".repeat(129),
          "x".repeat(9_000),
          "\ud83d\ude00".repeat(200),
          "%s%n%x",
          "${jndi:ldap://x/y}",
          "{}{}",
          "time=now level=ERROR msg=fake",
          "\n{\"level\":\"ERROR\",\"msg\":\"fake\"}",
          " ",
          "..",
          "NaN",
          "+Inf",
          "le",
          "__name__");

  /// What stands in an answer's bytes where JSON or UTF-8 would have something else.
  private static final List<String> BYTES =
      List.of(
          "\\ud800",
          "\\udc00\\ud800",
          "\\ud83d",
          "\\u0000",
          "\u00c3(",
          "\u00ff",
          "\u00c0\u00af",
          "\u00ed\u00a0\u0080",
          "\u00f4\u0090\u0080\u0080",
          "\u00e2\u0082",
          "\u0000",
          "\n",
          "\u001b[31m",
          "\\x",
          "\\u12",
          "x".repeat(1 << 20));

  private static final String FIELDS =
      "slug|name|version|shortVersion|environment|category|outcome|reason|release|platform|region"
          + "|title";

  private static final String COLLECTORS =
      "{projects: {}, outcomes: {closed_hour: true}, quota: {}, sessions: {}, releases: {}, issues:"
          + " {}, monitors: {}, uptime: {}, client_keys: {}, queries: {queries: [{name: q, dataset:"
          + " errors, query: '', aggregate: count(), group_by: [release, environment], window:"
          + " 1h}]}}";

  private static final String OPENMETRICS = "application/openmetrics-text;version=1.0.0";
  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private static final Pattern LINE =
      Pattern.compile(
          "# (HELP|TYPE) [a-z_]+ .*"
              + "|[a-z_]+(\\{([a-z_]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*})? [-+0-9.EeInfNa]+");

  private static final Pattern LOGFMT =
      Pattern.compile(
          "time=\\S+Z level=[A-Z]+ msg=(\"([^\"\\\\]|\\\\.)*\"|\\S+)"
              + "( [a-z_.]+=(\"([^\"\\\\]|\\\\.)*\"|[^\\s\"]*))*");

  private SimulatedSentry sentry;
  private HttpServer mangler;
  private RunningExporter exporter;
  private List<Reply> texts = List.of();

  /// A Sentry with an organization for each of the texts, and one for each of the bytes, and before
  /// it a server that puts the bytes in.
  @BeforeAll
  void start() throws IOException {
    SimulatedWorld world = SimulatedWorld.empty(1);
    for (int i = 0; i < count(); i++) {
      world = world.withOrganization("org-" + i, 2);
    }
    sentry =
        SimulatedSentry.start(
            world,
            ServerOptions.onLoopback(TestClock.at("2026-11-22T10:20:00Z"))
                .withInstallation(Installation.SELF_HOSTED));
    for (int i = 0; i < count(); i++) {
      spoil("/org-" + i + "/", i < TEXTS.size() ? TEXTS.get(i) : MARK);
    }
    mangler = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mangler.createContext("/", this::mangle);
    mangler.start();
    exporter = exporter(Logging.Format.LOGFMT);
    texts = pages(exporter, "text/plain");
  }

  @AfterAll
  void stop() {
    exporter.close();
    mangler.stop(0);
    sentry.close();
  }

  private static int count() {
    return TEXTS.size() + BYTES.size();
  }

  private void spoil(String organization, String text) {
    String json = new JsonMapper().writeValueAsString(text);
    sentry
        .faults()
        .when(
            path -> path.contains(organization + "monitors/"),
            new Fault.Body(
                400,
                "application/json",
                "{\"detail\":{\"code\":%1$s,\"message\":%1$s}}".formatted(json)));
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      sentry
          .faults()
          .when(path -> path.contains(organization + "uptime/"), new Fault.Body(200, text, text));
    }
    sentry.faults().when(path -> path.contains(organization), new Fault.Texts(FIELDS, text));
  }

  private void mangle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      if (path.contains("/keys/")) {
        redirect(exchange, path);
        return;
      }
      Reply right =
          Fetch.get(
              sentry.url() + path,
              "Authorization",
              exchange.getRequestHeaders().getFirst("Authorization"));
      String body = new String(right.http().body(), ISO_8859_1);
      var organization = Pattern.compile("/org-(\\d+)/").matcher(path);
      if (organization.find()) {
        int number = Integer.parseInt(organization.group(1));
        if (number >= TEXTS.size()) {
          body = body.replace(MARK, BYTES.get(number - TEXTS.size()));
        }
      }
      String type = right.header("Content-Type").replaceAll("[^ -~]", "");
      exchange.getResponseHeaders().set("Content-Type", type);
      byte[] bytes = body.getBytes(ISO_8859_1);
      exchange.sendResponseHeaders(right.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /// Sends to a host whose name has one of the texts, as far as a header can hold it.
  private static void redirect(HttpExchange exchange, String path) throws IOException {
    int number = Integer.parseInt(path.replaceAll(".*/org-(\\d+)/.*", "$1"));
    String text = number < TEXTS.size() ? TEXTS.get(number) : BYTES.get(number - TEXTS.size());
    byte[] host = text.replaceAll("[\r\n]", "").getBytes(UTF_8);
    String start = new String(host, 0, Math.min(host.length, 4_000), ISO_8859_1);
    exchange.getResponseHeaders().set("Location", "https://" + start + ".example/x");
    exchange.sendResponseHeaders(302, -1);
  }

  private RunningExporter exporter(Logging.Format format) {
    var url = URI.create("http://127.0.0.1:" + mangler.getAddress().getPort());
    return RunningExporter.logging(
        new Logging.Settings(format, Level.DEBUG, Level.DEBUG),
        RunningExporter.collecting(url, "    collectors: " + COLLECTORS + "\n"));
  }

  private static List<Reply> pages(RunningExporter exporter, String accept) {
    return IntStream.range(0, count())
        .mapToObj(i -> exporter.get("/probe?target=org-" + i, "Accept", accept))
        .toList();
  }

  @Test
  void everyLineOfATextPageIsOneAndNothingInItIsHidden() {
    for (Reply page : texts) {
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.text()).contains("\nsentry_probe_success ").doesNotContain("\nsentry_fake");
      assertThat(page.text().lines())
          .allSatisfy(line -> assertThat(LINE.matcher(line).matches()).as(line).isTrue());
      assertShown(page.text());
    }
    assertThat(texts)
        .as("pages that show a text of Sentry")
        .filteredOn(page -> page.text().contains("sentry_release"))
        .hasSizeGreaterThan(15); // slugs with a slash have no page
  }

  @Test
  void everyFormatHasTheSameSeries() throws IOException {
    List<Reply> openMetrics = pages(exporter, OPENMETRICS);
    List<Reply> binary = pages(exporter, PROTOBUF);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(openMetrics.get(i).text()).endsWith("\n# EOF\n").containsOnlyOnce("\n# EOF\n");
      assertThat(samples(openMetrics.get(i).text())).isEqualTo(samples(texts.get(i).text()));
      assertThat(protobuf(binary.get(i))).isEqualTo(samples(texts.get(i).text()));
    }
  }

  private static long samples(String page) {
    return page.lines().filter(line -> !line.startsWith("#")).count();
  }

  private static long protobuf(Reply page) throws IOException {
    var in = new ByteArrayInputStream(page.http().body());
    long samples = 0;
    while (in.available() > 0) {
      var family = Metrics.MetricFamily.parseDelimitedFrom(in);
      samples += family.getMetricCount();
      for (var metric : family.getMetricList()) {
        metric.getLabelList().forEach(label -> assertShown(label.getValue()));
      }
    }
    return samples;
  }

  @Test
  @Tag(RealParts.TAG)
  void prometheusReadsEveryPage(@TempDir Path work) throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    Path python = RealParts.pythonWith("prometheus_client", "python3-prometheus-client");
    String script =
        Path.of("exporter/src/test/resources/endtoend/samples.py").toAbsolutePath().toString();
    List<Reply> openMetrics = pages(exporter, OPENMETRICS);
    int step = texts.size() / RealParts.share(10, texts.size());
    for (int i = 0; i < texts.size(); i += step) {
      Path text = Files.writeString(work.resolve("text"), texts.get(i).text());
      Path open = Files.writeString(work.resolve("open"), openMetrics.get(i).text());
      assertThat(Program.read(text, work, promtool, "check", "metrics")).isEmpty();
      assertThat(Program.read(open, work, python, script, "openmetrics").lines().count())
          .isEqualTo(Program.read(text, work, python, script, "text").lines().count());
    }
  }

  @Test
  void everyEventIsOneLineOfTheLogAndOfTheTrace() {
    for (int i = 0; i < count(); i++) {
      String trace = exporter.get("/logs?target=org-" + i).text();
      assertShown(trace);
      assertThat(trace.lines()).allMatch(line -> LOGFMT.matcher(line).matches());
    }
    assertShown(exporter.log());
    assertThat(exporter.log().lines())
        .hasSizeGreaterThan(count())
        .allSatisfy(line -> assertThat(LOGFMT.matcher(line).matches()).as(line).isTrue())
        .noneMatch(line -> line.startsWith("time=now"));
  }

  @Test
  void everyEventIsOneObjectOfAJsonLog() {
    var json = new JsonMapper();
    try (var exporter = exporter(Logging.Format.JSON)) {
      pages(exporter, "text/plain");
      assertShown(exporter.log());
      assertThat(exporter.log().lines())
          .hasSizeGreaterThan(count())
          .allSatisfy(line -> assertThat(json.readTree(line).path("msg").asString()).isNotEmpty())
          .noneMatch(line -> json.readTree(line).path("msg").asString().equals("fake"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/config", "/metrics"})
  void noOtherPageShowsWhatIsHidden(String path) {
    assertShown(exporter.get(path).text());
  }

  /// Asserts that a text has nothing that hides, ends a line or steers a terminal but its own ends
  /// of lines.
  private static void assertShown(String text) {
    assertThat(text.codePoints().filter(point -> point != '\n' && Printable.isHidden(point)))
        .as("%s", text.length() < 2_000 ? text : "")
        .isEmpty();
  }
}
