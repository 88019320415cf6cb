package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Chromium;
import io.sentryexporter.testing.OtherSite;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Texts that would be scripts, in everything that Sentry and the makers of requests name, shown by
/// a real browser that is kept from nothing by a policy: none becomes markup.
@Tag(RealParts.TAG)
class StoredScriptsTest {
  private static final Path CORPUS = Path.of("exporter/src/test/resources/web/scripts.txt");

  private static final Pattern SAME = Pattern.compile("\\b(\\w+)( \\1)+\\b");
  private static final String SCRIPT = "document.title=1337";
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|(.))");

  /// Where a row of a table, an item of a list or a part of the page begins.
  private static final Pattern PARTS = Pattern.compile(" (?=(?:tr|li|section|footer) )");

  /// The names of a page's elements, in their order.
  private static final String ELEMENTS =
      "return [...document.querySelectorAll('*')].map(e => e.localName).join(' ')";

  /// Makes a page of each text, as markup, and counts those whose title has changed.
  private static final String FRAMES =
      """
      const frames = TEXTS.map(text => {
        const frame = document.createElement('iframe');
        frame.srcdoc = '<title>still</title><body>' + text;
        document.body.append(frame);
        return frame;
      });
      const title = frame => { try { return frame.contentDocument.title } catch { return '' } };
      const end = Date.now() + 20000;
      return new Promise(done => {
        const look = () => {
          const ran = frames.filter(frame => title(frame) == '1337').length;
          ran > 40 || Date.now() > end ? done(ran) : setTimeout(look, 200);
        };
        look();
      });
      """;

  private static final String FIELDS =
      "slug|name|version|shortVersion|environment|category|outcome|reason|release|platform"
          + "|region|title";

  @Test
  void noTextOfTheCorpusBecomesMarkupOnAnyPage(@TempDir Path work) throws IOException {
    try (var site = OtherSite.of("");
        var browser = Chromium.start(work)) {
      browser.ignorePolicies();
      List<String> hostile = share(corpus(site.port()));
      List<String> tame = IntStream.range(0, hostile.size()).mapToObj(i -> "tame" + i).toList();

      List<Integer> inHeaders = // what a header and a key of a file can hold
          IntStream.range(0, hostile.size()).filter(i -> isPlain(hostile.get(i))).boxed().toList();

      List<Shown> expected = shown(browser, tame, inHeaders);
      List<Shown> pages = shown(browser, hostile, inHeaders);

      assertThat(pages).hasSameSizeAs(expected).hasSizeGreaterThan(20);
      for (int i = 0; i < pages.size(); i++) {
        Shown page = pages.get(i);
        assertThat(page.title()).as(page.path()).isEqualTo(expected.get(i).title());
        assertThat(page.elements()).as(page.path()).isEqualTo(expected.get(i).elements());
      }
      assertThat(site.requested()).isEmpty();
    }
  }

  @Test
  void theCorpusRunsScriptsAndLoadsWhereItIsMarkup(@TempDir Path work) throws IOException {
    try (var site = OtherSite.of("<title>still</title><body>");
        var browser = Chromium.start(work)) {
      browser.open("http://127.0.0.1:" + site.port() + "/");
      String texts = new JsonMapper().writeValueAsString(corpus(site.port()));

      int ran = browser.run(FRAMES.replace("TEXTS", texts)).asInt();

      assertThat(ran).as("texts that run a script").isGreaterThan(40);
      assertThat(site.requested()).as("texts that load something").hasSizeGreaterThan(8);
    }
  }

  /// All texts, or some from all over the corpus.
  private static List<String> share(List<String> texts) {
    int step = texts.size() / RealParts.share(30, texts.size());
    return IntStream.range(0, texts.size())
        .filter(i -> i % step == 0)
        .mapToObj(texts::get)
        .toList();
  }

  /// What a browser makes of a page.
  ///
  /// @param elements the names of its elements, as [#structure] shows them
  private record Shown(String path, String title, String elements) {}

  /// All pages of an exporter whose Sentry has one of the texts in each organization.
  private static List<Shown> shown(Chromium browser, List<String> texts, List<Integer> inHeaders) {
    SimulatedWorld world = SimulatedWorld.empty(1);
    for (int i = 0; i < texts.size(); i++) {
      world = world.withOrganization("org-" + i, 2);
    }
    var options =
        ServerOptions.onLoopback(TestClock.at("2026-11-22T10:20:00Z"))
            .withInstallation(Installation.SELF_HOSTED);
    try (var sentry = SimulatedSentry.start(world, options)) {
      for (int i = 0; i < texts.size(); i++) {
        spoil(sentry, "/org-" + i + "/", texts.get(i), inHeaders.contains(i));
      }
      try (var exporter = RunningExporter.with(config(sentry, texts, inHeaders))) {
        return shown(browser, exporter, texts);
      }
    }
  }

  /// Puts a text into what an organization's endpoints answer: into names, errors, types, headers.
  private static void spoil(
      SimulatedSentry sentry, String organization, String text, boolean inHeaders) {
    var faults = sentry.faults();
    String json = new JsonMapper().writeValueAsString(text);
    String error = "{\"detail\":{\"code\":" + json + ",\"message\":" + json + "}}";
    faults.when(
        path -> path.contains(organization + "monitors/"),
        new Fault.Body(403, "application/json", error));
    if (inHeaders) {
      faults.when(
          path -> path.contains(organization + "releases/"),
          new Fault.Deprecation("2027-01-01", text));
      faults.when(path -> path.contains(organization + "uptime/"), new Fault.Body(200, text, text));
    }
    faults.when(path -> path.contains(organization), new Fault.Texts(FIELDS, text));
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  /// A module for all organizations, and one of the name of each text.
  private static String config(
      SimulatedSentry sentry, List<String> texts, List<Integer> inHeaders) {
    var yaml =
        new StringBuilder(
            RunningExporter.collecting(
                sentry.url(),
                "    collectors: {projects: {}, outcomes: {}, sessions: {}, releases: {}, issues:"
                    + " {}, monitors: {}, uptime: {}, client_keys: {}}\n"));
    yaml.append("  old: {prober: http, http: {prefix: \"")
        .append(sentry.url())
        .append("/api/0/projects/\"}}\n");
    var json = new JsonMapper();
    for (int i : inHeaders) {
      yaml.append("  ")
          .append(json.writeValueAsString(texts.get(i) + " " + i))
          .append(": {prober: http, http: {prefix: \"")
          .append(sentry.url())
          .append("/\"}}\n");
    }
    return yaml.toString();
  }

  /// The landing page in several states, with all texts in it, and of the pages of text one for
  /// each text.
  private static List<Shown> shown(Chromium browser, RunningExporter exporter, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      assertThat(exporter.get("/probe?target=org-" + i).text()).contains("sentry_probe_success");
    }
    var pages = new ArrayList<Shown>();
    String root = "http://127.0.0.1:" + exporter.port();
    pages.add(open(browser, root, "/"));
    for (int i = 0; i < texts.size(); i++) {
      String text = URLEncoder.encode(texts.get(i), UTF_8);
      exporter.get("/probe?module=old&target=acme/" + text);
      String path =
          switch (i % 4) {
            case 0 -> "/logs?target=org-" + i;
            case 1 -> "/probe?debug=true&target=org-" + i;
            case 2 -> "/probe?target=" + text;
            default -> "/probe?target=acme&module=x" + text;
          };
      pages.add(open(browser, root, path));
    }
    pages.add(open(browser, root, "/"));
    pages.add(open(browser, root, "/config"));
    exporter.configure("modules: [" + String.join(",", texts));
    exporter.send("POST", "/-/reload");
    pages.add(open(browser, root, "/"));
    return pages;
  }

  private static Shown open(Chromium browser, String root, String path) {
    browser.open(root + path);
    assertThat(browser.url()).startsWith(root);
    String elements = browser.run(ELEMENTS).asString();
    return new Shown(path, browser.title().replaceAll("\\d+", "1"), structure(elements));
  }

  /// The kinds of rows, items and parts; which of them are there, and how often, depends on the
  /// texts. Without code, of which each remedy has its own, and without times and spans: whether an
  /// instance was out for a moment depends on the machine.
  private static String structure(String elements) {
    String once = SAME.matcher(elements.replaceAll(" (code|time|span)\\b", "")).replaceAll("$1");
    return PARTS.splitAsStream(once).distinct().sorted().collect(Collectors.joining("\n"));
  }

  private static List<String> corpus(int port) throws IOException {
    List<String> texts =
        Files.readAllLines(CORPUS).stream()
            .filter(line -> !line.isEmpty() && !line.startsWith("# "))
            .map(line -> ESCAPE.matcher(line).replaceAll(found -> escaped(found.group())))
            .map(line -> line.replace("{JS}", SCRIPT))
            .map(line -> line.replace("{URL}", "http://127.0.0.1:" + port + "/loaded"))
            .toList();
    assertThat(texts).hasSizeGreaterThan(120);
    return texts;
  }

  private static String escaped(String escape) {
    String plain =
        switch (escape.charAt(1)) {
          case 'u' -> Character.toString((char) Integer.parseInt(escape, 2, 6, 16));
          case 'n' -> "\n";
          case 'r' -> "\r";
          default -> escape.substring(1);
        };
    return Matcher.quoteReplacement(plain);
  }
}
