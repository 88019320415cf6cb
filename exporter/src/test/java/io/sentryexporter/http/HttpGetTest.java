package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.text.Secret;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpGetTest {
  @Test
  void aRequestPrintsWithoutAnySecret() {
    var get =
        Client.request(
            URI.create("https://me:s3cr3t@sentry.example/api/0/?token=s3cr3t#s3cr3t"),
            "Authorization: Bearer s3cr3t");
    assertThat(get).hasToString("GET https://sentry.example/api/0/ [Authorization]");
    assertThat(get.headers().toString()).doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a",
        "ftp://sentry.example/",
        "http:///a",
        "http:a",
        "https://me:s3cr3t@/",
        "http://sentry.example:0/",
        "http://sentry.example:65536/",
        "http://sentry.example:s3cr3t/"
      })
  void aUrlThatCannotBeRequestedIsRefusedWithoutShowingIt(String uri) {
    assertThatThrownBy(() -> new HttpGet(URI.create(uri), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("URL")
        .message()
        .doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "70000", "-1", "99999999999", "s3cr3t"})
  void aPortThatIsNoneIsRefusedWithTheRange(String port) {
    assertThatThrownBy(
            () -> new HttpGet(URI.create("http://sentry.example:" + port + "/"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the port of the URL is not a number from 1 to 65535; correct it or leave it out");
  }

  @ParameterizedTest(name = "{0}: {1}, Host: {2}")
  @CsvSource({
    "http://Sentry.Example,        sentry.example:80,       sentry.example",
    "https://sentry.example:443/,  sentry.example:443,      sentry.example",
    "https://sentry.example:80/,   sentry.example:80,       sentry.example:80",
    "http://sentry.example:/,      sentry.example:80,       sentry.example",
    "http://my_sentry:9000/,       my_sentry:9000,          my_sentry:9000",
    "http://a:b@my_sentry/,        my_sentry:80,            my_sentry",
    "http://[::1]:9000/,           [::1]:9000,              [::1]:9000",
    "http://[FD00::1]/,            [fd00::1]:80,            [fd00::1]",
    "http://bücher.example/,       xn--bcher-kva.example:80, xn--bcher-kva.example"
  })
  void theOriginIsReadFromTheUrl(URI uri, String endpoint, String host) {
    assertThat(Origin.of(uri).endpoint()).isEqualTo(endpoint);
    assertThat(Origin.of(uri).authority()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X Y", "X:", "Ü", "X\n", "(X)"})
  void aHeaderNameThatIsNoTokenIsRefused(String name) {
    assertThatThrownBy(() -> new Header(name, new Secret("v")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a header name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cr3t\n", "s3cr3t\r\nX: 1", "\u0000s3cr3t", "s3cr3t\u007f"})
  void aHeaderValueWithAControlCharacterIsRefusedWithoutShowingIt(String value) {
    assertThatThrownBy(() -> new Header("X-Token", new Secret(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the value of header X-Token has a line break")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aTabInAHeaderValueIsAllowed() {
    assertThat(new Header("X", new Secret("a\tb")).value().reveal()).isEqualTo("a\tb");
  }
}
