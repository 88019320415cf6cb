package io.sentryexporter.simulation;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one scrape has got: the samples of a page in the text format.
///
/// @param status of HTTP; 0 if there was no answer at all
/// @param samples by series, the counters' `_created` among them
record Page(int status, Map<Series, Double> samples) {
  Page {
    samples = Collections.unmodifiableMap(new LinkedHashMap<>(samples)); // in order: for messages
  }

  /// A name and its labels.
  record Series(String name, Map<String, String> labels) {
    Series {
      labels = Map.copyOf(labels);
    }

    static Series of(String name, String... namesAndValues) {
      var labels = new HashMap<String, String>();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        labels.put(namesAndValues[i], namesAndValues[i + 1]);
      }
      return new Series(name, labels);
    }

    String label(String label) {
      return labels.getOrDefault(label, "");
    }

    @Override
    public String toString() {
      return name + new TreeMap<>(labels);
    }
  }

  /// A scrape without an answer: refused, cut off or too late.
  static final Page NONE = new Page(0, Map.of());

  /// @param text in the format 0.0.4, or OpenMetrics
  static Page parse(int status, String text) {
    var samples = new LinkedHashMap<Series, Double>();
    text.lines()
        .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
        .forEach(line -> {
          Reader reader = new Reader(line);
          samples.put(reader.series(), reader.value());
        });
    return new Page(status, samples);
  }

  boolean isAnswered() {
    return status == 200;
  }

  @Nullable Double value(Series series) {
    return samples.get(series);
  }

  /// Reads one line.
  private static final class Reader {
    private final String line;
    private int at;

    Reader(String line) {
      this.line = line;
    }

    Series series() {
      String name = until("{ ");
      var labels = new HashMap<String, String>();
      if (line.charAt(at) == '{') {
        at++;
        while (line.charAt(at) != '}') {
          String label = until("=");
          at += 2;
          labels.put(label, quoted());
          if (line.charAt(at) == ',') {
            at++;
          }
        }
        at++;
      }
      return new Series(name, labels);
    }

    double value() {
      String rest = line.substring(at).strip();
      int space = rest.indexOf(' ');
      String number = space < 0 ? rest : rest.substring(0, space);
      return switch (number) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(number);
      };
    }

    private String until(String ends) {
      int from = at;
      while (ends.indexOf(line.charAt(at)) < 0) {
        at++;
      }
      return line.substring(from, at);
    }

    private String quoted() {
      var text = new StringBuilder();
      for (; line.charAt(at) != '"'; at++) {
        char character = line.charAt(at);
        if (character == '\\') {
          at++;
          character = line.charAt(at) == 'n' ? '\n' : line.charAt(at);
        }
        text.append(character);
      }
      at++;
      return text.toString();
    }
  }
}
