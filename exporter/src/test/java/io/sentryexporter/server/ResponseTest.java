package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.server.Response.ResponseHeader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {
  private static final byte[] NOTHING = {};

  @Test
  void textIsNotSniffed() {
    assertThat(Response.text(400, "no\n").headers())
        .containsExactly(
            new ResponseHeader("Content-Type", "text/plain; charset=utf-8"),
            new ResponseHeader("X-Content-Type-Options", "nosniff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A\r\nB", "A\n", "", "A B", "A:", "\u00e4"})
  void aNameThatBreaksOutOfItsLineCannotBeMade(String name) {
    assertThatThrownBy(() -> new ResponseHeader(name, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\nSet-Cookie: y", "x\ny", "x\ry", "x\u0000", "x\u007f", "\u4e0d"})
  void aValueThatBreaksOutOfItsLineCannotBeMade(String value) {
    assertThatThrownBy(() -> new ResponseHeader("A", value))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "connection", "Date", "Transfer-Encoding"})
  void theListenersHeadersCannotBeGiven(String name) {
    var headers = List.of(new ResponseHeader(name, "1"));

    assertThatThrownBy(() -> new Response(200, headers, NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 199, 600})
  void onlyAFinalStatusIsAnAnswer(int status) {
    assertThatThrownBy(() -> new Response(status, List.of(), NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void anAnswerWithoutContentHasNoBody(int status) {
    assertThatThrownBy(() -> Response.text(status, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
