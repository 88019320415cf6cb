package io.sentryexporter.metrics;

import java.util.List;
import java.util.regex.Pattern;

/// The declaration of a metric: its full name, type, help and label names.
///
/// The name is the one on the page: a counter's ends in `_total`, an info's in `_info`.
public record Metric(String name, Type type, String help, List<String> labels) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /// The type of a metric, as in OpenMetrics.
  public enum Type {
    GAUGE(""),
    COUNTER("_total"),
    INFO("_info"),
    HISTOGRAM("");

    private final String suffix;

    Type(String suffix) {
      this.suffix = suffix;
    }

    String suffix() {
      return suffix;
    }
  }

  public Metric {
    labels = List.copyOf(labels);
    if (!NAME.matcher(name).matches() || !name.endsWith(type.suffix)) {
      throw new IllegalArgumentException(name + " is not a name for a " + type);
    }
    if (type != Type.COUNTER && name.endsWith(Type.COUNTER.suffix)) {
      throw new IllegalArgumentException(name + " is a counter's name");
    }
    if (help.isBlank()) {
      throw new IllegalArgumentException(name + " has no help");
    }
  }

  public static Metric gauge(String name, String help, String... labels) {
    return new Metric(name, Type.GAUGE, help, List.of(labels));
  }

  public static Metric counter(String name, String help, String... labels) {
    return new Metric(name, Type.COUNTER, help, List.of(labels));
  }

  public static Metric histogram(String name, String help, String... labels) {
    return new Metric(name, Type.HISTOGRAM, help, List.of(labels));
  }

  public static Metric info(String name, String help, String... labels) {
    return new Metric(name, Type.INFO, help, List.of(labels));
  }

  /// The name without the suffix that its type adds.
  String baseName() {
    return name.substring(0, name.length() - type.suffix.length());
  }
}
