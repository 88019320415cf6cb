package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.attribute;
import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.fragment;
import static io.sentryexporter.web.page.Html.link;
import static io.sentryexporter.web.page.Html.styled;
import static io.sentryexporter.web.page.Html.text;

import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.web.page.Html.Attribute;
import io.sentryexporter.web.page.Html.Link;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The page at `/`: what fails and why, the last hour, the state of each Sentry instance, the
/// latest probes, a form to probe by hand, and how Prometheus scrapes the exporter.
public final class LandingPage {
  private static final String ABOUT = "What Sentry knows, as Prometheus metrics";

  /// Beyond it, the form has a field for the module's name in place of a list.
  private static final int MOST_MODULES = 100;

  /// For people who have nothing configured.
  private static final String FIRST_START =
      """
      export SENTRY_AUTH_TOKEN=…
      export SENTRY_URL=https://sentry.example.org   # only for your own Sentry
      export SENTRY_ORGANIZATIONS=my-organization    # several with commas
      ./sentry_exporter
      """;

  private static final String FIRST_FILE =
      """
      instances:
        default: {url: https://sentry.io, auth_token_file: /run/secrets/sentry-token}
      """;

  /// Pages of the documentation and what they are for.
  private static final List<List<String>> DOCUMENTATION =
      List.of(
          List.of("README.md", "all pages"),
          List.of("configuration.md", "every key of the file"),
          List.of("collectors.md", "what is collected, at which price in requests"),
          List.of("metrics.md", "every metric, and every reason to fail with its remedy"),
          List.of("service-discovery.md", "targets by team, platform or project"),
          List.of("faults.md", "what can go wrong, and what is seen of it"));

  private final LandingView view;
  private final RelativeTime times;

  private LandingPage(LandingView view) {
    this.view = view;
    this.times = new RelativeTime(view.now());
  }

  public static Page render(LandingView view) {
    return new LandingPage(view).page();
  }

  private Page page() {
    boolean isNew = view.health().lastProbe() == null && view.probes().kept() == 0;
    var parts = new ArrayList<Html>();
    view.banners().forEach(banner -> parts.add(banner(banner)));
    if (view.modules().isEmpty()) {
      parts.add(card("start", "Nothing is configured yet", start()));
    } else {
      parts.add(health());
      if (isNew) {
        parts.add(scraping());
      }
      parts.addAll(lastHour());
      parts.addAll(instances());
      parts.add(card("recent", "Recent probes", probes()));
      parts.add(card("probe", "Probe a target", form()));
      parts.add(card("modules", "Modules", modules()));
      if (!isNew) {
        parts.add(scraping());
      }
    }
    int failing = view.health().failing();
    return Page.of(
        (failing == 0 ? "" : failing + " failing – ") + view.name(),
        header(),
        element("main", fragment(parts)),
        element(
            "footer",
            card("endpoints", "Endpoints", endpoints()),
            card("documentation", "Documentation", documentation())));
  }

  private Html header() {
    return element(
        "header",
        element("h1", text(view.name())),
        styled("span", "version", text(view.version())),
        element("p", text(ABOUT)));
  }

  private static Html banner(LandingView.Banner banner) {
    var kind = banner.kind().name().toLowerCase(Locale.ROOT);
    var shown =
        element(
            "div",
            List.of(
                attribute("class", "banner " + kind),
                attribute(
                    "role", banner.kind() == LandingView.Banner.Kind.NOTE ? "note" : "alert")),
            element("p", text(banner.text())));
    return banner.details().isEmpty()
        ? shown
        : shown.with(
            element(
                "ul",
                fragment(
                    banner.details().stream().map(line -> element("li", text(line))).toList())));
  }

  private static Html card(String id, String title, Html... content) {
    var heading = element("h2", List.of(attribute("id", id)), text(title));
    return element("section", List.of(attribute("aria-labelledby", id)), heading).with(content);
  }

  private Html health() {
    LandingView.Health health = view.health();
    String style = health.targets() == 0 ? "none" : health.failing() == 0 ? "good" : "bad";
    var parts = new ArrayList<Html>();
    parts.add(
        element(
            "h2",
            List.of(attribute("id", "health"), attribute("class", style)),
            text(sentence(health))));
    parts.add(styled("p", "about", facts(health)));
    if (!health.failures().isEmpty()) {
      parts.add(failures(health));
    }
    return element(
        "section",
        List.of(attribute("class", "health"), attribute("aria-labelledby", "health")),
        fragment(parts));
  }

  private String sentence(LandingView.Health health) {
    int targets = health.targets();
    String all = (health.isTruncated() ? "more than " : "") + targets;
    if (targets == 0) {
      return view.probes().kept() == 0 ? "No probe yet" : "No probe in the last hour";
    }
    if (health.failing() > 0) {
      return health.failing() + " of " + all + (targets == 1 ? " target" : " targets") + " failing";
    }
    return targets == 1 ? "The only target works" : "All " + all + " targets work";
  }

  private Html facts(LandingView.Health health) {
    var lastProbe = health.lastProbe();
    if (lastProbe != null) {
      return fragment(
          List.of(
              text("Targets probed in the last hour. Last probe: "),
              times.ago(lastProbe),
              text(".")));
    }
    return text(
        view.probes().kept() == 0
            ? "The exporter is ready, and requests nothing from Sentry by itself: probes come from"
                + " Prometheus."
            : "Does Prometheus still scrape this exporter?");
  }

  private Html failures(LandingView.Health health) {
    var items = new ArrayList<Html>();
    int shown = 0;
    for (LandingView.Failing each : health.failures()) {
      shown += each.targets();
      items.add(failing(each));
    }
    if (shown < health.failing()) {
      items.add(styled("li", "rest", text("and " + (health.failing() - shown) + " more targets")));
    }
    return styled("ul", "failures", fragment(items));
  }

  private Html failing(LandingView.Failing one) {
    var targets = new ArrayList<Html>();
    for (String name : one.names()) {
      if (!targets.isEmpty()) {
        targets.add(text(", "));
      }
      targets.add(link(probe(name, one.module()), text(name)));
    }
    if (one.targets() > one.names().size()) {
      targets.add(text(" and " + (one.targets() - one.names().size()) + " more"));
    }
    var when = new ArrayList<Html>();
    when.add(styled("span", "failure", text(one.reason().label())));
    when.add(text(" "));
    when.add(times.since(one.since()));
    when.add(text(" · last probe "));
    when.add(times.ago(one.last()));
    when.add(text(" · module " + one.module()));
    Long trace = one.trace();
    if (trace != null && view.hasTraces()) {
      when.add(text(" · "));
      when.add(link(trace(trace), text("trace")));
    }
    return element(
        "li",
        element("h3", fragment(targets)),
        styled("p", "when", fragment(when)),
        styled("p", "error", text(one.error())),
        styled("p", "remedy", markdown(one.reason().remedy())));
  }

  /// Text with code between backticks.
  private static Html markdown(String text) {
    var parts = new ArrayList<Html>();
    String[] pieces = text.split("`", -1);
    for (int i = 0; i < pieces.length; i++) {
      parts.add(i % 2 == 0 ? text(pieces[i]) : element("code", text(pieces[i])));
    }
    return fragment(parts);
  }

  private List<Html> lastHour() {
    List<Html> charts = HourCharts.of(view.lastHour(), times);
    return charts.isEmpty()
        ? List.of()
        : List.of(card("hour", "The last hour", styled("div", "charts", fragment(charts))));
  }

  /// Empty where no module uses an instance: the old exporters' modules name addresses.
  private List<Html> instances() {
    return view.instances().isEmpty()
        ? List.of()
        : List.of(
            card("instances", "Instances of Sentry", InstancesTable.of(view.instances(), times)));
  }

  private Html start() {
    return fragment(
        List.of(
            element(
                "p",
                text(
                    "Give the exporter a token of Sentry. That of an internal integration with"
                        + " read access to organization, project, and issue & event is enough; you"
                        + " make it in Sentry under Settings, Developer Settings.")),
            copyable("Start with a token", FIRST_START),
            element("p", text("Or name it in the file sentry_exporter.yml:")),
            copyable("Configuration file", FIRST_FILE),
            element("p", text("Or look around without an account, with a simulated Sentry:")),
            copyable("Start the demo", "./sentry_exporter demo\n")));
  }

  private Html scraping() {
    var scraping = view.scraping();
    var parts = new ArrayList<Html>();
    if (view.probes().kept() == 0) {
      parts.add(element("p", text("Try one probe, with your organization's slug:")));
      parts.add(copyable("Probe by hand", "curl '" + scraping.probe() + "'\n"));
      parts.add(element("p", text("Then let Prometheus scrape it:")));
    }
    parts.add(copyable("Scrape configuration", scraping.configuration()));
    parts.add(
        styled(
            "p",
            "about",
            text(
                "The address is the one under which you opened this page, unless --web.external-url"
                    + " is set. Prometheus may need another.")));
    return card("scrape", "Let Prometheus scrape it", fragment(parts));
  }

  /// Text that a click selects as a whole.
  private static Html copyable(String label, String text) {
    return element(
        "pre",
        List.of(
            attribute("tabindex", "0"),
            attribute("role", "group"),
            attribute("aria-label", label),
            attribute("title", "a click selects all")),
        element("code", text(text)));
  }

  private Html form() {
    var attributes =
        List.of(attribute("action", path("/probe").text()), attribute("method", "get"));
    return element(
        "form",
        attributes,
        field("target", "Target", targetInput()),
        field("module", "Module", moduleInput()),
        view.hasTraces() ? debugBox() : fragment(List.of()),
        element("button", List.of(attribute("type", "submit")), text("Probe")));
  }

  private static Html field(String id, String label, Html input) {
    return styled(
        "div", "field", element("label", List.of(attribute("for", id)), text(label)), input);
  }

  private Html targetInput() {
    var example =
        view.modules().stream()
            .map(LandingView.Module::sampleTarget)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse("organization or organization/project");
    return input("target", attribute("required", ""), attribute("placeholder", example));
  }

  private static Html input(String name, Attribute... more) {
    var attributes =
        new ArrayList<>(
            List.of(
                attribute("id", name),
                attribute("name", name),
                attribute("autocapitalize", "none"),
                attribute("autocomplete", "off"),
                attribute("spellcheck", "false")));
    attributes.addAll(List.of(more));
    return element("input", attributes);
  }

  private Html moduleInput() {
    return view.modules().size() > MOST_MODULES
        ? input("module", attribute("value", view.defaultModule()))
        : element(
            "select",
            List.of(attribute("id", "module"), attribute("name", "module")),
            fragment(view.modules().stream().map(this::option).toList()));
  }

  private Html option(LandingView.Module module) {
    var attributes = new ArrayList<Attribute>();
    attributes.add(attribute("value", module.name()));
    if (module.name().equals(view.defaultModule())) {
      attributes.add(attribute("selected", ""));
    }
    return element("option", attributes, text(module.name()));
  }

  private static Html debugBox() {
    var box =
        element(
            "input",
            List.of(
                attribute("type", "checkbox"),
                attribute("name", "debug"),
                attribute("value", "true")));
    return styled("label", "check", box, text(" Show the trace (debug)"));
  }

  private Html modules() {
    Html table =
        Html.table(
            "modules",
            "modules",
            List.of("Name", "Prober", "Source", "Timeout", "Try"),
            view.modules().stream().limit(MOST_MODULES).map(this::row).toList());
    return fragment(List.of(table, rest(view.modules().size() - MOST_MODULES, "modules")));
  }

  private static Html rest(int number, String what) {
    return number > 0
        ? styled("p", "rest", text("and " + number + " more " + what))
        : fragment(List.of());
  }

  private List<Html> row(LandingView.Module module) {
    return List.of(
        element("strong", text(module.name())),
        text(module.prober()),
        element("code", text(module.source())),
        text(timeout(module.timeout())),
        sample(module));
  }

  private Html sample(LandingView.Module module) {
    var target = module.sampleTarget();
    return target == null ? text("–") : link(probe(target, module.name()), text(target));
  }

  private Html probes() {
    LandingView.Probes probes = view.probes();
    if (probes.kept() == 0) {
      return empty("None yet. The next scrape of Prometheus shows here, or probe by hand below.");
    }
    var columns = new ArrayList<>(List.of("Started", "Target", "Module", "Result", "Took"));
    if (view.hasTraces()) {
      columns.add("Trace");
    }
    Html table =
        probes.shown().isEmpty()
            ? empty("None of the probes that are kept has failed.")
            : Html.table(
                "probes", "recent", columns, probes.shown().stream().map(this::row).toList());
    int all = probes.onlyFailed() ? probes.failed() : probes.kept();
    return fragment(List.of(filter(probes), table, rest(all - probes.shown().size(), "probes")));
  }

  private Html filter(LandingView.Probes probes) {
    return element(
        "nav",
        List.of(attribute("class", "filter"), attribute("aria-label", "Filter of probes")),
        choice("/#recent", "All " + probes.kept(), !probes.onlyFailed()),
        text(" "),
        choice("/?probes=failed#recent", "Failed " + probes.failed(), probes.onlyFailed()));
  }

  private Html choice(String path, String label, boolean isCurrent) {
    var attributes = new ArrayList<Attribute>();
    attributes.add(attribute("href", path(path).text()));
    if (isCurrent) {
      attributes.add(attribute("aria-current", "true"));
    }
    return element("a", attributes, text(label));
  }

  private List<Html> row(ProbeRecord probe) {
    var cells =
        new ArrayList<Html>(
            List.of(
                times.ago(probe.started()),
                link(probe(probe.target(), probe.module()), text(probe.target())),
                text(probe.module()),
                result(probe),
                text(RelativeTime.precise(probe.duration()))));
    if (view.hasTraces()) {
      cells.add(link(trace(probe.id()), text("Logs")));
    }
    return cells;
  }

  private static Html result(ProbeRecord probe) {
    String failure = probe.failure();
    if (failure == null) {
      return styled("span", "success", text("Success"));
    }
    String error = probe.error();
    return fragment(
        List.of(
            styled("span", "failure", text("Failure")),
            text(" "),
            styled("span", "reason", text(failure)),
            styled("p", "error", text(error == null ? "" : error))));
  }

  private Html endpoints() {
    return styled(
        "ul",
        "links",
        fragment(
            view.endpoints().stream()
                .map(endpoint ->
                    element(
                        "li",
                        link(path(endpoint.path()), text(endpoint.path())),
                        text(" "),
                        styled("span", "about", text(endpoint.about()))))
                .toList()));
  }

  private static Html documentation() {
    return fragment(
        List.of(
            styled("p", "about", text("In the folder docs/ next to the program, of this version:")),
            styled(
                "ul",
                "links",
                fragment(
                    DOCUMENTATION.stream()
                        .map(page ->
                            element(
                                "li",
                                element("code", text(page.getFirst())),
                                text(" "),
                                styled("span", "about", text(page.getLast()))))
                        .toList()))));
  }

  private static Html empty(String text) {
    return styled("p", "empty", text(text));
  }

  private Link path(String path) {
    return new Link(view.basePath() + path);
  }

  private Link trace(long id) {
    return path("/logs").with("id", Long.toString(id));
  }

  private Link probe(String target, String module) {
    return path("/probe").with("target", target).with("module", module);
  }

  private static String timeout(@Nullable Duration timeout) {
    return timeout == null ? "as scraped" : seconds(timeout) + " s";
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
