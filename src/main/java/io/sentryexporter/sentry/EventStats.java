package io.sentryexporter.sentry;

import io.sentryexporter.http.HttpAnswer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Events in the newest bucket of a statistic, the one that is still open: by default the running
/// hour, so the figure grows within the hour and falls at its end.
///
/// An empty statistic is 0. Counts are whole or decimal numbers from 0 to 2^63 - 1; a body with
/// anything else in it is refused whole.
public final class EventStats {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(20)
                  .maxNumberLength(100)
                  .maxStringLength(10_000)
                  .build())
          .build();

  private EventStats() {}

  /// From the answer of `projects/{organization}/{project}/stats/` and
  /// `organizations/{organization}/stats/`: `[[timestamp, count], …]`, in seconds and events. The
  /// newest is the one with the greatest timestamp, the last of several with the same.
  public static double newestBucket(HttpAnswer answer) throws SentryException.Malformed {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer.body())) {
      expect(json, JsonToken.START_ARRAY, json.nextToken());
      double newest = Double.NEGATIVE_INFINITY;
      double count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json, JsonToken.START_ARRAY, json.currentToken());
        double timestamp = number(json, json.nextToken());
        double value = number(json, json.nextToken());
        expect(json, JsonToken.END_ARRAY, json.nextToken());
        if (timestamp >= newest) {
          newest = timestamp;
          count = value;
        }
      }
      expect(json, null, json.nextToken());
      return count;
    } catch (JacksonException | UnexpectedJson e) {
      throw malformed(answer, "[[timestamp, count], …]", e);
    }
  }

  /// From the answer of `organizations/{organization}/stats_v2/` grouped by nothing or without
  /// project: the sum over the groups of the last of `series["sum(quantity)"]`.
  public static double newestBucketOfGroups(HttpAnswer answer) throws SentryException.Malformed {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer.body())) {
      expect(json, JsonToken.START_OBJECT, json.nextToken());
      Double sum = null;
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean groups = json.currentName().equals("groups");
        json.nextToken();
        if (groups) {
          sum = sumOfGroups(json);
        } else {
          json.skipChildren();
        }
      }
      expect(json, null, json.nextToken());
      if (sum == null) {
        throw new UnexpectedJson("it has no groups");
      }
      return sum;
    } catch (JacksonException | UnexpectedJson e) {
      throw malformed(answer, "{\"groups\": [{\"series\": {\"sum(quantity)\": […]}}, …]}", e);
    }
  }

  private static double sumOfGroups(JsonParser json) throws UnexpectedJson {
    expect(json, JsonToken.START_ARRAY, json.currentToken());
    double sum = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, JsonToken.START_OBJECT, json.currentToken());
      sum += lastOf(json, "series", "sum(quantity)");
    }
    return sum;
  }

  /// The last number of the array below the path of the current object, which is read to its end.
  private static double lastOf(JsonParser json, String... path) throws UnexpectedJson {
    Double last = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean onPath = json.currentName().equals(path[0]);
      json.nextToken();
      if (!onPath) {
        json.skipChildren();
      } else if (path.length > 1) {
        expect(json, JsonToken.START_OBJECT, json.currentToken());
        last = lastOf(json, java.util.Arrays.copyOfRange(path, 1, path.length));
      } else {
        expect(json, JsonToken.START_ARRAY, json.currentToken());
        for (JsonToken token = json.nextToken();
            token != JsonToken.END_ARRAY;
            token = json.nextToken()) {
          last = number(json, token);
        }
      }
    }
    if (last == null) {
      throw new UnexpectedJson("a group has no numbers in " + String.join(".", path));
    }
    return last;
  }

  private static double number(JsonParser json, @Nullable JsonToken token) throws UnexpectedJson {
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw new UnexpectedJson(described(token) + " stands where a number should" + place(json));
    }
    double value =
        switch (json.getNumberType()) {
          case INT, LONG -> json.getLongValue();
          case BIG_INTEGER -> Double.NaN;
          case FLOAT, DOUBLE, BIG_DECIMAL -> json.getDoubleValue();
        };
    if (!(value >= 0 && value <= 0x1p63)) { // the other way round would let NaN through
      throw new UnexpectedJson("a number is out of range" + place(json));
    }
    return value + 0.0; // -0.0 becomes 0
  }

  private static void expect(
      JsonParser json, @Nullable JsonToken expected, @Nullable JsonToken actual)
      throws UnexpectedJson {
    if (actual != expected) {
      throw new UnexpectedJson(
          described(actual) + " stands where " + described(expected) + " should" + place(json));
    }
  }

  private static String described(@Nullable JsonToken token) {
    return token == null
        ? "the end"
        : token.name().replace('_', ' ').toLowerCase(java.util.Locale.ROOT);
  }

  private static String place(JsonParser json) {
    return ", byte " + json.currentTokenLocation().getByteOffset();
  }

  private static SentryException.Malformed malformed(
      HttpAnswer answer, String expected, Exception cause) {
    String what =
        cause instanceof JacksonException json ? "not JSON" + place(json) : cause.getMessage();
    String type = ContentType.shown(answer.headers());
    return new SentryException.Malformed(
        "the answer (" + type + ") is not " + expected + ": " + what,
        answer.status(),
        answer.contentLength());
  }

  /// Without the parser's own text, which may quote the answer.
  private static String place(JacksonException e) {
    return e.getLocation() == null ? "" : ", byte " + e.getLocation().getByteOffset();
  }

  /// JSON, but not the one expected.
  private static final class UnexpectedJson extends Exception {
    private static final long serialVersionUID = 1L;

    UnexpectedJson(String message) {
      super(message);
    }
  }
}
