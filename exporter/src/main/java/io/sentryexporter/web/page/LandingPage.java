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
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The page at `/`: the configuration, the state of each Sentry instance, a form to probe by hand,
/// and the latest probes.
public final class LandingPage {
  private static final String ABOUT = "What Sentry knows, as Prometheus metrics";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final LandingView view;

  private LandingPage(LandingView view) {
    this.view = view;
  }

  public static Page render(LandingView view) {
    return new LandingPage(view).page();
  }

  private Page page() {
    return Page.of(
        view.name(),
        header(),
        element(
            "main",
            fragment(view.banners().stream().map(LandingPage::banner).toList()),
            card("probe", "Probe a target", form()),
            instances(),
            card("modules", "Modules", modules()),
            card("recent", "Recent probes", probes()),
            card("endpoints", "Endpoints", endpoints())));
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

  private static Html card(String id, String title, Html content) {
    var heading = element("h2", List.of(attribute("id", id)), text(title));
    return element("section", List.of(attribute("aria-labelledby", id)), heading, content);
  }

  private Html form() {
    if (view.modules().isEmpty()) {
      return empty("There is no module to probe with.");
    }
    var attributes =
        List.of(attribute("action", path("/probe").text()), attribute("method", "get"));
    return element(
        "form",
        attributes,
        field("target", "Target", targetInput()),
        field("module", "Module", moduleSelect()),
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
    return element(
        "input",
        List.of(
            attribute("id", "target"),
            attribute("name", "target"),
            attribute("required", ""),
            attribute("placeholder", example),
            attribute("autocapitalize", "none"),
            attribute("autocomplete", "off"),
            attribute("spellcheck", "false")));
  }

  private Html moduleSelect() {
    return element(
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

  /// Empty where no module uses an instance: the old exporters' modules name addresses.
  private Html instances() {
    return view.instances().isEmpty()
        ? fragment(List.of())
        : card("instances", "Instances of Sentry", InstancesTable.of(view.instances()));
  }

  private Html modules() {
    if (view.modules().isEmpty()) {
      return empty("No module is configured. Name one in the configuration file, then reload.");
    }
    return Html.table(
        "modules",
        List.of("Name", "Prober", "Source", "Timeout", "Try"),
        view.modules().stream()
            .map(module ->
                List.of(
                    element("strong", text(module.name())),
                    text(module.prober()),
                    element("code", text(module.asks())),
                    text(timeout(module.timeout())),
                    sample(module)))
            .toList());
  }

  private Html sample(LandingView.Module module) {
    var target = module.sampleTarget();
    return target == null ? text("–") : link(probe(target, module.name()), text(target));
  }

  private Html probes() {
    if (view.probes().isEmpty()) {
      return empty("None yet. The next scrape of Prometheus shows here, or probe by hand above.");
    }
    var columns = new ArrayList<>(List.of("Time (UTC)", "Module", "Target", "Result", "Took"));
    if (view.hasTraces()) {
      columns.add("Trace");
    }
    return Html.table("probes", columns, view.probes().stream().map(this::row).toList());
  }

  private List<Html> row(ProbeRecord probe) {
    var cells =
        new ArrayList<Html>(
            List.of(
                time(probe.started()),
                text(probe.module()),
                link(probe(probe.target(), probe.module()), text(probe.target())),
                result(probe.failure()),
                text(took(probe.duration()))));
    if (view.hasTraces()) {
      cells.add(link(path("/logs").with("id", Long.toString(probe.id())), text("Logs")));
    }
    return cells;
  }

  private static Html time(Instant time) {
    var machine = time.truncatedTo(ChronoUnit.SECONDS).toString();
    return element("time", List.of(attribute("datetime", machine)), text(TIME.format(time)));
  }

  private static Html result(@Nullable String failure) {
    return failure == null
        ? styled("span", "success", text("Success"))
        : fragment(
            List.of(
                styled("span", "failure", text("Failure")),
                text(" "),
                styled("span", "reason", text(failure))));
  }

  private Html endpoints() {
    return styled(
        "ul",
        "endpoints",
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

  private static Html empty(String text) {
    return styled("p", "empty", text(text));
  }

  private Link path(String path) {
    return new Link(view.basePath() + path);
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

  private static String took(Duration duration) {
    return duration.toMillis() < 1000
        ? duration.toMillis() + " ms"
        : String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
  }
}
