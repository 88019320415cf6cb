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
}
