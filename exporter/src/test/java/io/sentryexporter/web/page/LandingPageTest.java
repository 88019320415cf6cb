package io.sentryexporter.web.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics.LastHour.Activity;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.probe.Trace;
import io.sentryexporter.sentry.OrganizationState;
import io.sentryexporter.sentry.SentryClient.Outage;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.web.page.LandingView.Banner;
import io.sentryexporter.web.page.LandingView.Banner.Kind;
import io.sentryexporter.web.page.LandingView.Endpoint;
import io.sentryexporter.web.page.LandingView.Failing;
import io.sentryexporter.web.page.LandingView.Health;
import io.sentryexporter.web.page.LandingView.Instance;
import io.sentryexporter.web.page.LandingView.Module;
import io.sentryexporter.web.page.LandingView.Probes;
import io.sentryexporter.web.page.LandingView.Scraping;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LandingPageTest {
  private static final Path GOLDEN = Path.of("exporter/src/test/resources/web");
  private static final Pattern STYLE = Pattern.compile("<style>(.*)</style>", Pattern.DOTALL);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.500Z");
  private static final List<Endpoint> ENDPOINTS =
      List.of(
          new Endpoint("/metrics", "the exporter's own metrics"),
          new Endpoint("/config", "the configuration in effect, without secrets"),
          new Endpoint("/-/healthy", "whether the process answers"),
          new Endpoint("/-/ready", "whether it takes scrapes"));

  private static final List<Instance> INSTANCES =
      List.of(
          new Instance(
              "default",
              "https://sentry.io",
              null,
              List.of(
                  new OrganizationState.Status(
                      "acme",
                      ages("outcomes", 42, "projects", 540, "sessions", 7200),
                      List.of("monitors", "uptime"),
                      List.of("event:read")),
                  new OrganizationState.Status("globex", ages(), List.of(), List.of())),
              List.of()),
          new Instance(
              "corp",
              "https://sentry.corp.example/base",
              new Outage(
                  Reason.CONNECT, "cannot connect to 10.0.0.1:443: refused", at(-600), at(-120)),
              List.of(),
              List.of()));

  private static final Health IDLE = new Health(0, false, 0, List.of(), null);

  private static final Health FAILING =
      new Health(
          8,
          false,
          2,
          List.of(
              new Failing(
                  "sentry",
                  List.of("acme/legacy"),
                  1,
                  Reason.NOT_FOUND,
                  "GET /projects/acme/legacy/: HTTP 404; there is none, or the token does not see"
                      + " it",
                  at(-3700),
                  at(-22),
                  7L),
              new Failing(
                  "organizations",
                  List.of("acme"),
                  1,
                  Reason.TIMEOUT,
                  "no answer before the probe's deadline",
                  at(-30),
                  at(-30),
                  null)),
          NOON);

  /// Minutes with more and more of everything, and one without anything.
  private static List<Activity> hour() {
    return IntStream.range(0, 60)
        .mapToObj(i ->
            i == 30
                ? new Activity(0, 0, Double.NaN, 0, Duration.ZERO, Duration.ZERO, null)
                : new Activity(
                    i,
                    i == 40 ? 3 : 0,
                    i / 100.0,
                    2,
                    Duration.ofMillis(20 + i),
                    Duration.ofMillis(40 + 3 * i),
                    Duration.ofSeconds(10 + 3 * i)))
        .toList();
  }

  private static LandingView view(
      String basePath, List<Banner> banners, List<Module> modules, List<ProbeRecord> probes) {
    return new LandingView(
        "sentry_exporter",
        "0.1.0",
        basePath,
        NOON,
        banners,
        probes.isEmpty() ? IDLE : FAILING,
        probes.isEmpty() ? List.of() : hour(),
        modules.isEmpty() ? List.of() : INSTANCES,
        modules,
        "sentry",
        new Probes(
            probes,
            false,
            probes.size(),
            (int) probes.stream().filter(p -> !p.succeeded()).count()),
        new Scraping("scrape_configs: [{job_name: sentry}]\n", "http://127.0.0.1:9412/probe"),
        ENDPOINTS,
        true);
  }

  private static LandingView busy() {
    return view(
        "",
        List.of(
            new Banner(Kind.NOTE, "The data is simulated: there is no real Sentry.", List.of()),
            new Banner(
                Kind.WARNING,
                "The configuration works, but look at this",
                List.of(
                    "sentry_exporter.yml:14:13: modules.old.http.prefix: sentry.com is not Sentry;"
                        + " did you mean sentry.io?")),
            new Banner(
                Kind.ERROR,
                "The last reload failed; the configuration from 11:52:07 stays in effect",
                List.of(
                    "sentry_exporter.yml:21:3: modules.default.colectors: unknown key; did you mean"
                        + " \"collectors\"?",
                    "sentry_exporter.yml:24:14: modules.default.timeout: \"5 sec\" is not a"
                        + " duration; write 5s or 1m30s"))),
        List.of(
            new Module(
                "sentry",
                "http",
                "https://sentry.io/api/0/projects/",
                Duration.ofSeconds(30),
                "acme/storefront"),
            new Module(
                "organizations",
                "http",
                "https://sentry.io/api/0/organizations/",
                Duration.ofMillis(2500),
                "acme"),
            new Module("old", "http", "https://sentry.com/api/0/projects/acme/", null, null)),
        List.of(
            probe(9, NOON, "sentry", "acme/storefront", null, Duration.ofMillis(41)),
            probe(8, at(-15), "sentry", "acme/billing-worker", null, Duration.ofMillis(38)),
            probe(7, at(-22), "sentry", "acme/legacy", "HTTP 404", Duration.ofMillis(57)),
            probe(6, at(-30), "organizations", "acme", "timeout", Duration.ofMillis(2004)),
            probe(5, at(-45), "sentry", "acme/mobile-ios", null, Duration.ofMillis(1204)),
            probe(4, at(-86_400), "sentry", "acme/storefront", null, Duration.ofMillis(4))));
  }

  private static ProbeRecord probe(
      long id,
      Instant started,
      String module,
      String target,
      @Nullable String failure,
      Duration duration) {
    var trace = new Trace(() -> started, module, target, SecretRedactor.NONE);
    return new ProbeRecord(id, started, failure, failure, duration, trace);
  }

  private static SortedMap<String, Duration> ages(Object... collectorsAndSeconds) {
    var ages = new TreeMap<String, Duration>();
    for (int i = 0; i < collectorsAndSeconds.length; i += 2) {
      ages.put(
          (String) collectorsAndSeconds[i], Duration.ofSeconds((int) collectorsAndSeconds[i + 1]));
    }
    return ages;
  }

  private static Instant at(int seconds) {
    return NOON.plusSeconds(seconds);
  }

  @Test
  void aBusyExporterShowsEverything() {
    assertGolden("landing-busy.html", LandingPage.render(busy()));
  }

  @Test
  void anEmptyExporterShowsWhatToDo() {
    var empty = view("", List.of(), List.of(), List.of());

    assertGolden("landing-empty.html", LandingPage.render(empty));
  }

  @Test
  void ofAnInstanceWithManyOrganizationsTheFirstFiftyAreShown() {
    var many =
        IntStream.range(0, 60)
            .mapToObj(i ->
                new OrganizationState.Status("org-%02d".formatted(i), ages(), List.of(), List.of()))
            .toList();
    var instance = new Instance("default", "https://sentry.io", null, many, List.of());

    assertThat(LandingPage.render(with(List.of(instance))).html())
        .contains("org-49", "and 10 more")
        .doesNotContain("org-50");
  }

  private static LandingView with(List<Instance> instances) {
    LandingView busy = busy();
    return new LandingView(
        busy.name(),
        busy.version(),
        busy.basePath(),
        busy.now(),
        busy.banners(),
        busy.health(),
        busy.lastHour(),
        instances,
        busy.modules(),
        busy.defaultModule(),
        busy.probes(),
        busy.scraping(),
        busy.endpoints(),
        true);
  }

  /// Without the style sheet, which has no behaviour to hold fast.
  private static void assertGolden(String file, Page page) {
    var html = STYLE.matcher(page.html()).replaceFirst("<style></style>");
    Golden.assertMatches(GOLDEN.resolve(file), html);
  }

  @Test
  void everyLinkStandsBelowTheBasePath() {
    var busy = busy();
    var page =
        LandingPage.render(view("/sentry", busy.banners(), busy.modules(), busy.probes().shown()))
            .html();

    var links =
        Pattern.compile("(?<!icon\" )(?:href|action)=\"([^\"]*)\"")
            .matcher(page)
            .results()
            .toList();

    assertThat(links).hasSizeGreaterThan(15);
    assertThat(links).allSatisfy(link -> assertThat(link.group(1)).startsWith("/sentry/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "javascript:alert(1)",
        "</title><svg/onload=alert(1)>",
        "</style><script>alert(1)</script>",
        "&lt;script&gt;",
        "{{7*7}}${7*7}<%= 7*7 %>",
        "\u0000\u0008\u001b[31mred",
        "\u202egnp.exe",
        "//evil.example/x",
        "a\r\nSet-Cookie: a=b",
        "--><!--<script>",
        "\ud800 lone surrogate",
      })
  void noTextOfOthersBecomesMarkup(String hostile) {
    var tame = LandingPage.render(everywhere("tame")).html();

    var page = LandingPage.render(everywhere(hostile)).html();

    assertThat(tags(page)).isEqualTo(tags(tame));
    assertThat(attributeNames(page)).isEqualTo(attributeNames(tame));
    assertThat(page).doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f\\u202e]");
    assertThat(page).doesNotContain("href=\"javascript:").doesNotContain("href=\"//");
  }

  private static LandingView everywhere(String text) {
    return new LandingView(
        text,
        text,
        "",
        NOON,
        List.of(new Banner(Kind.ERROR, text, List.of(text))),
        new Health(
            1,
            false,
            1,
            List.of(new Failing(text, List.of(text), 1, Reason.TIMEOUT, text, NOON, NOON, null)),
            NOON),
        hour(),
        List.of(
            new Instance(
                text,
                text,
                new Outage(Reason.CONNECT, text, NOON, NOON),
                List.of(
                    new OrganizationState.Status(
                        text, ages(text, 1), List.of(text), List.of(text))),
                List.of(text))),
        List.of(new Module(text, text, text, null, text)),
        text,
        new Probes(List.of(probe(1, NOON, text, text, text, Duration.ofMillis(1))), false, 1, 1),
        new Scraping(text, text),
        List.of(new Endpoint("/metrics", text)),
        true);
  }

  private static List<String> tags(String page) {
    return Pattern.compile("<[^\\s>]*").matcher(page).results().map(tag -> tag.group()).toList();
  }

  private static List<String> attributeNames(String page) {
    return Pattern.compile("<[a-z0-9]+((?:\\s[a-z-]+=\"[^\"]*\")*)>")
        .matcher(page)
        .results()
        .map(tag -> tag.group(1).replaceAll("\"[^\"]*\"", ""))
        .toList();
  }

  @Test
  void theStyleIsAllowedByItsHashAndNothingElseIs() throws Exception {
    var page = LandingPage.render(busy());
    var style = STYLE.matcher(page.html());
    assertThat(style.find()).isTrue();
    var hash = MessageDigest.getInstance("SHA-256").digest(style.group(1).getBytes(UTF_8));

    assertThat(page.response().headers())
        .contains(
            new ResponseHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(hash)
                    + "'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors"
                    + " 'none'"),
            new ResponseHeader("Content-Type", "text/html; charset=utf-8"),
            new ResponseHeader("X-Content-Type-Options", "nosniff"),
            new ResponseHeader("Referrer-Policy", "no-referrer"),
            new ResponseHeader("Cache-Control", "no-store"));
  }
}
