package io.sentryexporter.collector;

import io.sentryexporter.sentry.api.Events;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A configured query and its name.
///
/// @param labels for what it groups by, in the same order
record NamedQuery(String name, Events.Search query, List<String> labels) {
  static final Key<String> NAME =
      Key.text(
              "name",
              "<name>",
              "Value of the label `query`: lower-case letters, digits and `_`.",
              "",
              NamedQuery::readName)
          .required();
  static final Key<String> DATASET =
      Key.text(
              "dataset",
              "<dataset>",
              "Events to search: `errors`, `spans`, `logs`, … or, on older servers, `transactions`,"
                  + " `discover`.",
              "",
              NamedQuery::readDataset)
          .byDefault("errors");
  static final Key<String> QUERY =
      Key.string("query", "Search for events, in Sentry's search syntax. Absent: all.");
  static final Key<String> AGGREGATE =
      Key.text(
              "aggregate",
              "<aggregate>",
              "Aggregate of these events, such as `count()`, `count_unique(user)` or"
                  + " `p95(span.duration)`, in Sentry's unit.",
              "",
              NamedQuery::readAggregate)
          .required();
  static final Key<List<String>> GROUP_BY =
      Key.text(
              "group_by",
              "<field>",
              "Fields to group by, 3 at most. Each is a label, with `_` for what a label's name"
                  + " cannot have. Choose fields of few values: never users, URLs or messages.",
              "",
              NamedQuery::readField)
          .list()
          .where(fields -> fields.size() <= 3, "more than 3 fields; write 3 at most");
  static final Key<Duration> WINDOW =
      Key.duration("window", "Time range, up to now.")
          .where(
              window ->
                  window.compareTo(Duration.ofMinutes(1)) >= 0
                      && window.compareTo(Duration.ofDays(90)) <= 0
                      && window.equals(Duration.ofMinutes(window.toMinutes())),
              "not a whole number of minutes from 1m to 2160h; write 5m, 1h or 24h")
          .byDefault(Duration.ofHours(1));
  static final Key<Integer> ROWS =
      Key.integer("rows", 1, 20, "Maximum number of groups, those with the highest values first.")
          .byDefault(20);
  static final List<Key<?>> KEYS = List.of(NAME, DATASET, QUERY, AGGREGATE, GROUP_BY, WINDOW, ROWS);

  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final Pattern CALL = Pattern.compile("[a-z][a-z0-9_]*\\([^()]*\\)");
  private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_.:\\[\\]-]{0,99}");
  private static final Pattern DATASET_NAME = Pattern.compile("[A-Za-z][A-Za-z_]{0,49}");
  private static final Pattern UNFIT = Pattern.compile("[^a-z0-9]+");

  private static final Pattern END = Pattern.compile("_$");

  /// Labels that the exporter or Prometheus uses.
  private static final Set<String> TAKEN =
      Set.of("organization", "query", "window", "job", "instance");

  NamedQuery {
    labels = List.copyOf(labels);
  }

  static NamedQuery read(YamlMap yaml) {
    var labels = new ArrayList<String>();
    for (String field : yaml.get(GROUP_BY)) {
      labels.add(label(field, labels, yaml.location(GROUP_BY)));
    }
    var query =
        new Events.Search(
            yaml.get(DATASET),
            yaml.get(QUERY),
            yaml.get(AGGREGATE),
            yaml.get(GROUP_BY),
            yaml.get(WINDOW),
            yaml.get(ROWS));
    return new NamedQuery(yaml.get(NAME), query, labels);
  }

  /// The window as its label shows it.
  String window() {
    return CommonKeys.label(query.window());
  }

  /// `span.op` is `span_op`, `tags[release_stage]` is `tags_release_stage`.
  private static String label(String field, List<String> others, Location location) {
    String lower = field.toLowerCase(Locale.ROOT);
    String label = END.matcher(UNFIT.matcher(lower).replaceAll("_")).replaceAll("");
    if (TAKEN.contains(label) || others.contains(label)) {
      location.error(
          Quoted.of(field)
              + " would be the label "
              + label
              + ", which is there already; remove it");
    }
    return label;
  }

  private static @Nullable String readName(String text, Location location) {
    return matching(WORD, text, location, "a name", "lower-case letters, digits and _");
  }

  private static @Nullable String readDataset(String text, Location location) {
    return matching(
        DATASET_NAME, text, location, "a dataset", "a dataset of Sentry, such as errors");
  }

  private static @Nullable String readAggregate(String text, Location location) {
    return matching(
        CALL, text, location, "an aggregate", "one such as count() or p95(span.duration)");
  }

  private static @Nullable String readField(String text, Location location) {
    return matching(FIELD, text, location, "a field", "one such as project or span.op");
  }

  private static @Nullable String matching(
      Pattern form, String text, Location location, String wanted, String remedy) {
    if (form.matcher(text).matches()) {
      return text;
    }
    location.error(Quoted.of(text) + " is not " + wanted + "; write " + remedy);
    return null;
  }
}
