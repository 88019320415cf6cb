package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParametersTest {
  private static @Nullable String target(@Nullable String query) {
    return QueryParameters.parse(query).first("target");
  }

  // The rules of Go's url.ParseQuery, written down by hand; ABSENT where Get answers "".
  @ParameterizedTest
  @CsvSource(
      nullValues = "ABSENT",
      value = {
        "target=acme/web, acme/web",
        "target=acme%2Fweb, acme/web",
        "target=a+b, 'a b'",
        "target=a%20b, 'a b'",
        "target=a%2Bb, a+b",
        "target=%C3%BC, ü",
        "target=first&target=second, first",
        "target=%zz&target=second, second",
        "target=a=b, a=b",
        "t%61rget=x, x",
        "'', ABSENT",
        "&&&, ABSENT",
        "other=x, ABSENT",
        "target=%zz, ABSENT",
        "target=%4, ABSENT",
        "target=%, ABSENT",
        "target=a;b, ABSENT",
        "module=x;target=y, ABSENT",
        "%zz=x&target=y, y",
        "Target=x, ABSENT",
        "target=a%2526b, a%26b",
        "target=%ff, ABSENT", // Go keeps the byte; no slug of Sentry has it
        "target=%C3%28, ABSENT",
      })
  void theTargetIsWhatGoReads(String query, @Nullable String expected) {
    assertThat(target(query)).isEqualTo(expected);
  }

  @Test
  void aRequestWithoutAQueryHasNoParameters() {
    assertThat(target(null)).isNull();
  }

  @Test
  void aNameWithoutAValueIsEmpty() {
    assertThat(target("target")).isEmpty();
    assertThat(target("target=")).isEmpty();
  }

  @Test
  void bytesSentUnescapedAreUtf8Too() {
    assertThat(target("target=\u00c3\u00bc")).isEqualTo("ü");
  }

  @Test
  void aQueryTooLongHasNoParameters() {
    var rest = "&x=" + "x".repeat(QueryParameters.MAX_CHARS);

    assertThat(target("target=a" + rest.substring(0, QueryParameters.MAX_CHARS - 8)))
        .isEqualTo("a");
    assertThat(target("target=a" + rest)).isNull();
  }

  @Test
  void aQueryOfTooManyPairsHasNoParameters() {
    assertThat(target("target=a" + "&x=1".repeat(QueryParameters.MAX_PAIRS - 1))).isEqualTo("a");
    assertThat(target("target=a" + "&x=1".repeat(QueryParameters.MAX_PAIRS))).isNull();
  }
}
