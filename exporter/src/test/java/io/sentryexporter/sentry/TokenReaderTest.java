package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.model.Reason;
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
  @ValueSource(
      strings = {
        "sntryu_0123456789",
        "sntryu_0123456789\n",
        "  sntryu_0123456789\r\n",
        "\ufeffsntryu_0123456789\n"
      })
  void theTokenIsWhatTheFileHoldsWithoutWhatEditorsAdd(String content) throws Exception {
    assertThat(TokenReader.token(file(content)).reveal()).isEqualTo("sntryu_0123456789");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | is empty",
        "Bearer sntryu_0123456789 | begins with \"Bearer\"",
        "'0123456789abcde | has quotes in it",
        "0123456789abcde | is shorter than 16 characters",
        "one two | holds more than a token on one line",
      })
  void aFileWithoutATokenIsReportedWithItsRemedyAndNotShown(String content, String message)
      throws IOException {
    var credentials = file(content);
    assertThatThrownBy(() -> TokenReader.token(credentials))
        .satisfies(because(Reason.AUTH))
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
