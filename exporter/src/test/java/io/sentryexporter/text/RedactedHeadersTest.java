package io.sentryexporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactedHeadersTest {
  private static final String TOKEN = "secrettoken12345";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer SECRETTOKEN12345",
        "Token token=\"SECRETTOKEN12345\"",
        "sess=SECRETTOKEN12345; theme=dark",
        "Basic dXNlcjpTRUNSRVRUT0tFTjEyMzQ1", // user:SECRETTOKEN12345
        "basic dXNlcjpTRUNSRVRUT0tFTjEyMzQ1"
      })
  void whatAHeaderCarriesIsHiddenHoweverItIsWrittenThere(String value) {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret(value)));

    assertThat(redactor.redact("redirects to http://" + TOKEN + ".evil.example"))
        .isEqualTo("redirects to http://<secret>.evil.example");
    assertThat(redactor.redact("echoes " + value)).doesNotContainIgnoringCase(TOKEN);
  }

  @Test
  void aHeaderThatReadsAsWhatIsShownInItsPlaceHidesNothingForEver() {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("Bearer <secret>")));

    assertThat(redactor.redact("a <secret> b")).isEqualTo("a <secret> b");
  }

  @Test
  void whatIsNoBasicAuthorizationIsNotReadAsOne() {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("Basic not*base64")));

    assertThat(redactor.redact("said not*base64")).isEqualTo("said <secret>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cr3t",
        "a 's3cr3t'.",
        "pw=S3CR3T&x",
        "bob%3As3cr3t",
        "bob\\u003as3cr3t\\r\\n",
        "s3%63r3t",
        "czNjcjN0",
        "733363723374"
      })
  void aShortSecretIsHiddenWhereItStandsAlone(String text) {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("s3cr3t")));

    assertThat(redactor.redactReply(text))
        .contains("<secret>")
        .doesNotContainIgnoringCase("3cr3", "3%63", "czNj", "733363");
    assertThat(redactor.redact(text)).isEqualTo(text);
  }

  @Test
  void aShortSecretIsNotHiddenWithinAWord() {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("test")));

    assertThat(redactor.redactReply("the latest tests of a_test1 test"))
        .isEqualTo("the latest tests of a_test1 <secret>");
  }

  @Test
  void aReplyWithTheShortestSecretIsLeftOutAndOurOwnTextHasItHiddenAsAWord() {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("no")));

    assertThat(redactor.redactReply("not that")).isEqualTo("<secret>");
    assertThat(redactor.redactReply("%6eo")).isEqualTo("<secret>");
    assertThat(redactor.redactReply("yes")).isEqualTo("yes");
    assertThat(redactor.redactWords("redirects to no.example, not followed"))
        .isEqualTo("redirects to <secret>.example, not followed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my pass word 12",
        "my  pass word\n12",
        "my+pass+word+12",
        "MY%20pass%20word%2012"
      })
  void aSecretOfSeveralWordsIsHiddenAsAWhole(String text) {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("my pass  word 12")));

    assertThat(redactor.redact("a " + text + " z")).isEqualTo("a <secret> z");
  }

  @Test
  void backslashesWithoutEndAreReadOnce() {
    var redactor = SecretRedactor.ofHeaders(List.of(new Secret("s3cr3t"), new Secret(TOKEN)));
    var text = "\\".repeat(64 << 10);

    assertThat(redactor.redactReply(text)).isEqualTo(text);
  }
}
