package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.attribute;
import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.fragment;
import static io.sentryexporter.web.page.Html.styled;
import static io.sentryexporter.web.page.Html.text;

import io.sentryexporter.metrics.ExporterMetrics.LastHour.Activity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Charts of the last hour, a bar for each minute: requests to Sentry, the share of its rate limit,
/// durations of probes, and the age of their data. They are pictures of the page itself, without
/// scripts; each has its content in words, too.
final class HourCharts {
  private static final int BAR = 4;
  private static final int GAP = 1;
  private static final int HEIGHT = 60;

  private final List<Activity> minutes;
  private final RelativeTime times;

  private HourCharts(List<Activity> minutes, RelativeTime times) {
    this.minutes = minutes;
    this.times = times;
  }

  /// Empty if nothing happened.
  static List<Html> of(List<Activity> minutes, RelativeTime times) {
    return new HourCharts(minutes, times).charts();
  }

  private List<Html> charts() {
    var charts = new ArrayList<Html>();
    if (sum(Activity::requests) > 0) {
      charts.add(requests());
    }
    if (minutes.stream().anyMatch(minute -> !Double.isNaN(minute.limitUsed()))) {
      charts.add(limit());
    }
    if (sum(Activity::probes) > 0) {
      charts.add(durations());
    }
    if (minutes.stream().anyMatch(minute -> minute.oldest() != null)) {
      charts.add(ages());
    }
    return charts;
  }

  private Html requests() {
    long refused = sum(Activity::refused);
    int most = (int) most(Activity::requests);
    return chart(
        "requests",
        "Requests to Sentry",
        Long.toString(sum(Activity::requests)),
        "in the last hour",
        "at most "
            + most
            + " in a minute"
            + (refused == 0 ? "" : ", " + refused + " answered with 429"),
        new Scale(Math.max(5, nice(most)), value -> String.format(Locale.ROOT, "%.0f", value)),
        List.of(
            new Bars("bar", one -> orNone(one.requests())),
            new Bars("bar refused", one -> orNone(one.refused()))),
        minute -> minute.requests() + " requests, " + minute.refused() + " answered with 429");
  }

  private static double orNone(int number) {
    return number == 0 ? Double.NaN : number;
  }

  private Html limit() {
    return chart(
        "limit",
        "Rate limit in use",
        percent(most(Activity::limitUsed)),
        "at most",
        "of Sentry's limit, by its own count: with all clients of the token",
        new Scale(1, HourCharts::percent),
        List.of(new Bars("bar", Activity::limitUsed)),
        minute ->
            Double.isNaN(minute.limitUsed())
                ? "no limit reported"
                : percent(minute.limitUsed()) + " of the limit");
  }

  private Html durations() {
    long probes = sum(Activity::probes);
    double total = minutes.stream().mapToDouble(one -> one.probes() * seconds(one.mean())).sum();
    double most = most(one -> seconds(one.longest()));
    return chart(
        "durations",
        "Duration of probes",
        span(total / probes),
        "on average",
        (probes == 1 ? "1 probe" : probes + " probes") + ", the longest " + span(most),
        new Scale(nice(most), HourCharts::span),
        List.of(
            new Bars("bar longest", one -> ofProbes(one, one.longest())),
            new Bars("bar", one -> ofProbes(one, one.mean()))),
        minute ->
            minute.probes() == 0
                ? "no probe"
                : RelativeTime.precise(minute.mean())
                    + " on average, at most "
                    + RelativeTime.precise(minute.longest()));
  }

  private static double ofProbes(Activity minute, Duration duration) {
    return minute.probes() == 0 ? Double.NaN : seconds(duration);
  }

  private Html ages() {
    double most = most(HourCharts::age);
    double last =
        minutes.stream()
            .mapToDouble(HourCharts::age)
            .filter(age -> !Double.isNaN(age))
            .reduce(0, (_, next) -> next);
    return chart(
        "ages",
        "Age of the data",
        rounded(last),
        "at most, now",
        "oldest answer behind a probe; at most " + rounded(most) + " in the hour",
        new Scale(niceTime(most), HourCharts::rounded),
        List.of(new Bars("bar", HourCharts::age)),
        minute ->
            minute.oldest() == null
                ? "no data"
                : "at most " + RelativeTime.rounded(minute.oldest()));
  }

  private static double age(Activity minute) {
    return minute.oldest() == null ? Double.NaN : seconds(minute.oldest());
  }

  /// The height of a chart.
  private record Scale(double most, DoubleFunction<String> label) {}

  /// A bar for each minute that has a value, which is not NaN.
  private record Bars(String style, ToDoubleFunction<Activity> values) {}

  private Html chart(
      String id,
      String title,
      String value,
      String unit,
      String note,
      Scale scale,
      List<Bars> bars,
      Function<Activity, String> minuteText) {
    var drawing = new ArrayList<Html>();
    drawing.add(labelled("title", id + "-title", title + " in the last hour"));
    drawing.add(labelled("desc", id + "-words", value + " " + unit + "; " + note));
    drawing.add(path("grid", "M0 0.5H%1$d M0 %2$dH%1$d".formatted(width(), HEIGHT / 2)));
    bars.forEach(each -> drawing.add(path(each.style(), outline(each, scale))));
    for (int i = 0; i < minutes.size(); i++) {
      drawing.add(minute(i, minuteText.apply(minutes.get(i))));
    }
    var svg =
        element(
            "svg",
            List.of(
                attribute("viewbox", "0 0 " + width() + " " + HEIGHT),
                attribute("preserveaspectratio", "none"),
                attribute("role", "img"),
                attribute("aria-labelledby", id + "-title " + id + "-words")),
            fragment(drawing));
    return styled(
        "div",
        "chart",
        element("h3", text(title)),
        element("p", element("strong", text(value)), text(" " + unit)),
        styled("p", "about", text(note)),
        styled(
            "div",
            "plot",
            styled("span", "most", text(scale.label().apply(scale.most()))),
            svg,
            styled("span", "from", text("1 h ago")),
            styled("span", "to", text("now"))));
  }

  private static Html labelled(String name, String id, String text) {
    return element(name, List.of(attribute("id", id)), text(text));
  }

  private static Html path(String style, String outline) {
    return element("path", List.of(attribute("class", style), attribute("d", outline)));
  }

  private String outline(Bars bars, Scale scale) {
    var outline = new StringBuilder();
    for (int i = 0; i < minutes.size(); i++) {
      double value = bars.values().applyAsDouble(minutes.get(i));
      if (!Double.isNaN(value)) {
        double height = Math.max(value > 0 ? 1.5 : 0.75, HEIGHT * value / scale.most());
        outline.append(
            String.format(
                Locale.ROOT,
                "M%d %dv-%.1fh%dV%dz",
                i * BAR,
                HEIGHT,
                Math.min(height, HEIGHT),
                BAR - GAP,
                HEIGHT));
      }
    }
    return outline.toString();
  }

  /// An area to point at, which shows the values of a minute.
  private Html minute(int index, String text) {
    Instant time = times.now().minus(Duration.ofMinutes(minutes.size() - 1L - index));
    return element(
        "rect",
        List.of(
            attribute("x", Integer.toString(index * BAR)),
            attribute("width", Integer.toString(BAR)),
            attribute("height", Integer.toString(HEIGHT))),
        element("title", text(times.clock(time) + ": " + text)));
  }

  private int width() {
    return minutes.size() * BAR - GAP;
  }

  private long sum(Function<Activity, Integer> values) {
    return minutes.stream().mapToLong(values::apply).sum();
  }

  private double most(ToDoubleFunction<Activity> values) {
    return minutes.stream()
        .mapToDouble(values)
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElse(0);
  }

  /// A round number that is not below the value, and not much above.
  private static double nice(double value) {
    if (value <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : List.of(1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  /// The same for seconds, in the unit in which they are shown.
  private static double niceTime(double seconds) {
    double unit = seconds < 60 ? 1 : seconds < 3_600 ? 60 : 3_600;
    return nice(Math.max(1, seconds / unit)) * unit;
  }

  private static String percent(double share) {
    return Math.round(share * 100) + " %";
  }

  private static String rounded(double seconds) {
    return RelativeTime.rounded(duration(seconds));
  }

  private static String span(double seconds) {
    return RelativeTime.precise(duration(seconds));
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
