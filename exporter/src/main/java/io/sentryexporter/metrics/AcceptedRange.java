package io.sentryexporter.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One element of an `Accept` header: a media range with its parameters and quality (RFC 9110,
/// 12.5.1).
record AcceptedRange(String type, String subtype, Map<String, String> parameters, double quality) {
  AcceptedRange {
    parameters = Map.copyOf(parameters);
  }

  static List<AcceptedRange> parseAll(String header) {
    var ranges = new ArrayList<AcceptedRange>();
    for (String element : header.split(",", -1)) {
      var range = parse(element);
      if (range != null) {
        ranges.add(range);
      }
    }
    return ranges;
  }

  private static @Nullable AcceptedRange parse(String element) {
    var parts = element.split(";", -1);
    var name = parts[0].strip().toLowerCase(Locale.ROOT).split("/", -1);
    if (name.length != 2) {
      return null;
    }
    var parameters = new HashMap<String, String>();
    double quality = 1;
    for (int i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip().toLowerCase(Locale.ROOT).split("=", 2);
      if (parameter.length == 2 && parameter[0].equals("q")) {
        quality = quality(parameter[1]);
      } else if (parameter.length == 2) {
        parameters.put(parameter[0], parameter[1].replace("\"", ""));
      }
    }
    return new AcceptedRange(name[0], name[1], parameters, quality);
  }

  private static double quality(String text) {
    try {
      double quality = Double.parseDouble(text);
      return quality >= 0 && quality <= 1 ? quality : 0;
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /// The quality that the most specific matching range gives to a format; 0 if none matches, or
  /// only a wildcard does and `orAnything` is false.
  static double quality(
      List<AcceptedRange> ranges, String type, String subtype, String version, boolean orAnything) {
    int bestFit = 0;
    double quality = 0;
    for (AcceptedRange range : ranges) {
      int fit = range.fit(type, subtype, version);
      if (fit > bestFit && (orAnything || fit >= 3)) {
        bestFit = fit;
        quality = range.quality;
      }
    }
    return quality;
  }

  /// The quality of the one form of protobuf that Prometheus reads; 0 if it is not named.
  static double qualityOfProtobuf(List<AcceptedRange> ranges) {
    return ranges.stream()
        .filter(range -> range.type.equals("application"))
        .filter(range -> range.subtype.equals("vnd.google.protobuf"))
        .filter(range -> "io.prometheus.client.metricfamily".equals(range.parameters.get("proto")))
        .filter(range -> "delimited".equals(range.parameters.get("encoding")))
        .mapToDouble(AcceptedRange::quality)
        .max()
        .orElse(0);
  }

  /// 4 for the same type and version, 3 without a version, 2 for `type/*`, 1 for anything, 0 for
  /// none.
  private int fit(String wantedType, String wantedSubtype, String wantedVersion) {
    if (type.equals("*") && subtype.equals("*")) {
      return 1;
    }
    if (!type.equals(wantedType)) {
      return 0;
    }
    if (subtype.equals("*")) {
      return 2;
    }
    if (!subtype.equals(wantedSubtype)) {
      return 0;
    }
    String version = parameters.get("version");
    if (version == null) {
      return 3;
    }
    return version.equals(wantedVersion) ? 4 : 0;
  }
}
