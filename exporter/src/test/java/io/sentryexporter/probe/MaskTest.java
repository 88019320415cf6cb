package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Header;
import io.sentryexporter.text.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskTest {
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
    var mask = new Mask(List.of(new Header("Authorization", new Secret(value))));

    assertThat(mask.apply("redirects to http://" + TOKEN + ".evil.example"))
        .isEqualTo("redirects to http://<secret>.evil.example");
    assertThat(mask.apply("echoes " + value)).doesNotContainIgnoringCase(TOKEN);
  }

  @Test
  void aHeaderThatReadsAsWhatIsShownInItsPlaceHidesNothingForEver() {
    var mask = new Mask(List.of(new Header("Authorization", new Secret("Bearer <secret>"))));

    assertThat(mask.apply("a <secret> b")).isEqualTo("a <secret> b");
  }

  @Test
  void whatIsNoBasicAuthorizationIsNotReadAsOne() {
    var mask = new Mask(List.of(new Header("Authorization", new Secret("Basic not*base64"))));

    assertThat(mask.apply("said not*base64")).isEqualTo("said <secret>");
  }
}
