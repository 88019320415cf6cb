package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.wire.Headers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
    "9007199254740992.0, 9007199254740992",
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
        "9007199254740994.0",
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

  @Test
  void anAmountIsNeverMinusZero() throws Exception {
    assertThat(read("-0.0", Json::amount).toString()).isEqualTo("0.0");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.25, 0.25", "1, 1", "1.0000000001, 1", "-1e-12, 0", "-1e-9, 0"})
  void aRatioIsRoundedIntoItsRange(String written, double value) throws Exception {
    assertThat(read(written, Json::ratio)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.01", "-1.1e-9", "-0.5", "99.9", "\"1\"", "{}"})
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

  private static String objectOf(int fields) {
    return IntStream.range(0, fields)
        .mapToObj("\"n%d\": 0"::formatted)
        .collect(joining(",", "{", "}"));
  }

  private static String arrayOf(int values, String value) {
    return Collections.nCopies(values, value).stream().collect(joining(",", "[", "]"));
  }

  private static <T> void assertSize(int size, String body, Json.Reading<List<T>> reading)
      throws SentryException {
    List<T> list = read(body, reading);
    assertThat(list).hasSize(size);
  }

  @Test
  void anObjectOfMoreFieldsThanSentryEverHadIsRefusedAlsoWhereItIsSkipped() throws Exception {
    List<Json.Reading<String>> ways =
        List.of(
            json -> {
              json.skip();
              return "read";
            },
            json -> {
              json.object();
              return "read";
            });
    for (Json.Reading<String> way : ways) {
      assertThat(read(objectOf(10_000), way)).isEqualTo("read");
      assertThatThrownBy(() -> read(objectOf(10_001), way))
          .satisfies(because(Reason.PARSE))
          .hasMessageContaining("more than 10000 fields");
    }
  }

  @Test
  void moreItemsThanAnyListHasAreRefused() throws Exception {
    assertSize(100_000, arrayOf(100_000, "1"), json -> json.items(Json::whole));
    assertThatThrownBy(() -> read(arrayOf(100_001, "1"), json -> json.items(Json::whole)))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("more than 100000 items");
  }

  /// Memory for 24 MiB, of which a value takes 32 bytes and each of its characters two.
  @Test
  void moreValuesThanMemoryIsMeantForAreRefused() throws Exception {
    assertSize(786_432, arrayOf(786_432, "1"), json -> json.list(Json::whole));
    assertThatThrownBy(() -> read(arrayOf(786_433, "1"), json -> json.list(Json::whole)))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("more values than this program keeps");
    String text = "\"" + "x".repeat(1_008) + "\""; // 2,048 bytes
    assertSize(12_288, arrayOf(12_288, text), json -> json.list(Json::text));
    assertThatThrownBy(() -> read(arrayOf(12_289, text), json -> json.list(Json::text)))
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

  private static final Json.Field<Long> NUMBER = Json.Field.orDropped("number", Json::whole);
  private static final Json.Field<String> NAME = Json.Field.of("name", Json::text);

  @Test
  void whatCannotBeReadCostsItsValueOrItsItemAndIsReported() throws Exception {
    var sentry = RecordedSentry.answering("2026-11-22T10:00:00Z", RecordedSentry.json(""));
    String body =
        """
        [{"number": [[-1], {"a": 2}], "name": "a"}, {"name": {"deep": ["b"]}, "number": 3},
         "c", [["d"]], {"number": {"a": {}}, "name": "e"}]
        """;

    List<String> names =
        Json.read(
            RecordedSentry.json(body),
            "a list",
            sentry,
            json ->
                json.items(each -> {
                  Json.Fields item = each.object(NUMBER, NAME);
                  return item.required(NAME) + item.get(NUMBER);
                }));

    assertThat(names).containsExactly("anull", "enull");
    assertThat(sentry.dropped())
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsExactly("value:", "item:", "item:", "item:", "value:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "{\"a\": [1]}", "\"text\""})
  void whatIsNoArrayIsNoListOfAnyKind(String body) {
    assertThatThrownBy(() -> read(body, json -> json.list(Json::whole)))
        .hasMessageContaining("stands where an array should, byte 0");
    assertThatThrownBy(() -> read(body, json -> json.items(Json::whole)))
        .hasMessageContaining("stands where an array should, byte 0");
  }

  @Test
  void anAnswerThatEndsWithinWhatCannotBeReadIsRefusedWhole() {
    var sentry = RecordedSentry.answering("2026-11-22T10:00:00Z", RecordedSentry.json(""));
    assertThatThrownBy(() ->
            Json.read(
                RecordedSentry.json("[{\"name\": \"a\"}, {\"name\": [1"),
                "a list",
                sentry,
                json -> json.items(each -> each.field(NAME))))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void aFieldThatWasNotReadIsAMistakeOfTheProgram() {
    assertThatThrownBy(() -> read("{}", json -> json.object(NAME).get(NUMBER)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number was not read");
  }

  @ParameterizedTest
  @CsvSource({"{}, true", "{\"other\": 1}, false", "{\"name\": \"a\"}, false"})
  void anObjectIsEmptyIfItHasNoFieldAtAll(String body, boolean isEmpty) throws Exception {
    boolean read = read(body, json -> json.object(NAME).isEmpty());
    assertThat(read).isEqualTo(isEmpty);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a/", "..", " "})
  void aSlugThatLeadsElsewhereIsNone(String slug) {
    assertThatThrownBy(() -> read("\"" + slug + "\"", Json::slug)).satisfies(because(Reason.PARSE));
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, application/json, true",
    "Application/JSON; charset=utf-8, Application/JSON, true",
    "application/problem+json, application/problem+json, true",
    "text/html;, text/html, false",
    ";charset=utf-8, no content type, false",
    "' ', no content type, false",
    "json, an odd content type, false",
  })
  void aContentTypeIsShownWithoutItsParameters(String header, String shown, boolean isJson) {
    Headers headers = Headers.of(List.of(Map.entry("Content-Type", header)));
    assertThat(Json.contentType(headers)).isEqualTo(shown);
    assertThat(Json.isJson(shown)).isEqualTo(isJson);
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
