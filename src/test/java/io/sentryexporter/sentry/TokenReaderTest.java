package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.SentryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenReaderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"sntrys_1", "sntrys_1\n", "  sntrys_1\r\n", "\ufeffsntrys_1\n"})
  void theTokenIsWhatTheFileHoldsWithoutWhatEditorsAdd(String content) throws Exception {
    assertThat(TokenReader.token(file(content)).reveal()).isEqualTo("sntrys_1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | is empty",
        "Bearer sntrys_1 | begins with \"Bearer\"",
        "one two | holds more than a token on one line",
      })
  void aFileWithoutATokenIsToldWithItsRemedyAndNotShown(String content, String message)
      throws IOException {
    var credentials = file(content);
    assertThatThrownBy(() -> TokenReader.token(credentials))
        .isInstanceOf(SentryException.NoToken.class)
        .hasMessageEndingWith(message + "; write Sentry's token into it, and nothing else");
  }

  @Test
  void whatIsNoFileIsNotOpened() {
    assertThatThrownBy(() -> TokenReader.token(new Credentials.TokenFile(folder)))
        .hasMessageContaining("is not a regular file");
    assertThatThrownBy(() -> TokenReader.token(new Credentials.TokenFile(Path.of("/dev/zero"))))
        .hasMessageContaining("is not a regular file");
  }

  private Credentials file(String content) throws IOException {
    return new Credentials.TokenFile(Files.writeString(folder.resolve("token"), content));
  }
}
