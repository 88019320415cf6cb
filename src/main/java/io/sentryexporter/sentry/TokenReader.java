package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.Secret;
import io.sentryexporter.sentry.model.SentryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The token of [Credentials], as it is at this moment.
final class TokenReader {
  private static final int LONGEST_BYTES = 4 << 10;

  private TokenReader() {}

  /// @throws SentryException.NoToken if the file does not hold one; the message names the file and
  ///   shows nothing of it
  static Secret token(Credentials credentials) throws SentryException.NoToken {
    return switch (credentials) {
      case Credentials.Token(var token) -> token;
      case Credentials.TokenFile(var file) -> inFile(file);
    };
  }

  private static Secret inFile(Path file) throws SentryException.NoToken {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST_BYTES + 1);
    } catch (NoSuchFileException _) {
      throw noToken(file, "does not exist");
    } catch (IOException e) {
      throw noToken(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    String text = new String(bytes, UTF_8).strip();
    if (bytes.length > LONGEST_BYTES) {
      throw noToken(file, "is longer than any token");
    }
    if (text.isEmpty()) {
      throw noToken(file, "is empty");
    }
    if (!text.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
      throw noToken(file, "holds more than a token on one line");
    }
    return new Secret(text);
  }

  private static SentryException.NoToken noToken(Path file, String what) {
    return new SentryException.NoToken(
        "auth_token_file "
            + file
            + " "
            + what
            + "; write Sentry's token into it, and nothing else");
  }
}
