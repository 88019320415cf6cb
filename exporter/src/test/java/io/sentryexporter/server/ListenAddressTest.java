package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.server.ListenAddress.ListenException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    ":9412, '', 9412",
    ":0, '', 0",
    "0.0.0.0:9412, 0.0.0.0, 9412",
    "127.0.0.1:9412, 127.0.0.1, 9412",
    "localhost:9412, localhost, 9412",
    "sentry-exporter.example:80, sentry-exporter.example, 80",
    "[::1]:9412, ::1, 9412",
    "[::]:65535, ::, 65535",
    "[fe80::1%eth0]:9412, fe80::1%eth0, 9412",
  })
  void anAddressIsReadAndWrittenAlike(String text, String host, int port) throws Exception {
    var address = ListenAddress.parse(text);

    assertThat(address).isEqualTo(new ListenAddress(host, port));
    assertThat(address).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "9412",
        "localhost",
        "http://localhost:9412",
        "::1:9412",
        "[::1]",
        ":",
        ":x",
        ":-1",
        ":+1",
        "a b:1",
        "[localhost]:9412",
        "localhost:9412/",
        ":123456",
      })
  void whatIsNoAddressIsQuotedWithTheWayToWriteOne(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "\"%s\" is not an address to listen on; write :9412, 127.0.0.1:9412 or [::1]:9412",
            text);
  }

  @Test
  void aPortTooLargeIsReported() {
    assertThatThrownBy(() -> ListenAddress.parse(":65536"))
        .hasMessage(
            "\":65536\": the port must be between 0 and 65535; write :9412, 127.0.0.1:9412 or"
                + " [::1]:9412");
  }
}
