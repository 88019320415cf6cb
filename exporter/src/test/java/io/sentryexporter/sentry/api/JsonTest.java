package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static <T extends @Nullable Object> T read(String body, Json.Reading<T> reading)
      throws SentryException {
    return Json.read(RecordedSentry.json(body), "what it should be", reading);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "12.0, 12",
    "1e3, 1000",
    "-0.0, 0",
    "9223372036854775807, 9223372036854775807",
    "\"150\", 150",
    "\"4505281256090153\", 4505281256090153",
  })
  void aWholeNumberMayBeText(String written, long value) throws Exception {
    assertThat(read(written, Json::whole)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "1.5",
        "1e400",
        "9223372036854775808",
        "1e19",
        "\"9223372036854775808\"",
        "\"-1\"",
        "\"\"",
        "\"١\"",
        "null",
        "true",
        "[]",
        "NaN",
        "01",
      })
  void whatIsNoWholeNumberIsRefused(String written) {
    assertThatThrownBy(() -> read(written, Json::whole))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("byte ");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.25, 0.25", "1, 1", "1.0000000001, 1", "-1e-12, 0"})
  void aRatioIsRoundedIntoItsRange(String written, double value) throws Exception {
    assertThat(read(written, Json::ratio)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.01", "-0.5", "99.9", "\"1\"", "{}"})
  void whatIsNoRatioIsRefused(String written) {
    assertThatThrownBy(() -> read(written, Json::ratio)).satisfies(because(Reason.PARSE));
  }

  @Test
  void aRatioOfNothingIsNull() throws Exception {
    assertThat(Json.<@Nullable Double>read(RecordedSentry.json("null"), "", Json::ratio)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z",
    "2018-11-06T21:19:58.536Z, 2018-11-06T21:19:58.536Z",
    "2026-11-01T02:00:00+02:00, 2026-11-01T00:00:00Z",
    "2026-11-22T03:00:05.120000Z, 2026-11-22T03:00:05.120Z",
  })
  void aTimeHasAnOffset(String written, Instant value) throws Exception {
    assertThat(read("\"" + written + "\"", Json::instant)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2026-11-01\"", "\"2026-11-01T00:00:00\"", "\"now\"", "1541455200"})
  void aTimeWithoutOffsetIsRefused(String written) {
    assertThatThrownBy(() -> read(written, Json::instant)).satisfies(because(Reason.PARSE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\": [1, 2}",
        "{\"a\": 1, \"a\": 2}",
        "{} {}",
        "{}]",
        "{\"a\": 1e}",
        "{a: 1}",
        "{\"a\": \"\u0000\"}",
        "<!doctype html><title>Login</title>",
      })
  void whatIsNotOneWholeObjectIsRefused(String body) {
    assertThatThrownBy(() ->
            read(
                body,
                json -> {
                  json.beginObject();
                  while (json.hasField()) {
                    json.skip();
                  }
                  return "read";
                }))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("is not what it should be: ");
  }

  @Test
  void depthIsLimited() {
    String deep = "{\"a\":".repeat(100_000);
    assertThatThrownBy(() ->
            read(
                deep,
                json -> {
                  json.skip();
                  return "read";
                }))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void anObjectOfMoreFieldsThanSentryEverHadIsRefusedAlsoWhereItIsSkipped() {
    String fields =
        IntStream.range(0, 20_000)
            .mapToObj("\"n%d\": 0"::formatted)
            .collect(joining(",", "{", "}"));
    assertThatThrownBy(() ->
            read(
                "[" + fields + "]",
                json -> {
                  json.skip();
                  return "read";
                }))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("more than 10000 fields");
  }

  @Test
  void moreValuesThanMemoryIsMeantForAreRefused() {
    String numbers = "[" + "1,".repeat(1_000_000) + "1]";
    assertThatThrownBy(() ->
            read(
                numbers,
                json -> {
                  json.beginArray();
                  while (json.hasNext()) {
                    json.whole();
                  }
                  return "read";
                }))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("more values than this program keeps");
  }

  @Test
  void aLongTextIsRefusedWhereItIsKeptButMayBeSkipped() throws Exception {
    String body = "{\"a\": \"" + "x".repeat(1_000_000) + "\"}";

    String skipped =
        read(
            body,
            json -> {
              json.skip();
              return "skipped";
            });

    assertThat(skipped).isEqualTo("skipped");
    assertThatThrownBy(() ->
            read(
                body,
                json -> {
                  json.beginObject();
                  json.hasField();
                  return json.text();
                }))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void aMessageNamesTheFieldAndTheByteButQuotesNothing() {
    String body = "[{\"id\": \"2\", \"slug\": 17, \"token\": \"s3cret\"}]";
    var sentry = RecordedSentry.answering("2026-11-22T10:00:00Z", RecordedSentry.json(body));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessage(
            "the answer (application/json) is not [{\"id\": …, \"slug\": …}, …]: value number int"
                + " stands where a text should, /0/slug, byte 21");
  }

  @Test
  void aMissingFieldIsNamed() {
    var sentry =
        RecordedSentry.answering("2026-11-22T10:00:00Z", RecordedSentry.json("[{\"id\": 2}]"));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("the field slug is missing, /0, byte ");
  }
}
