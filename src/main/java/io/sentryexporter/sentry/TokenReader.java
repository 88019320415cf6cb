package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.Secret;
import io.sentryexporter.sentry.model.SentryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The token of [Credentials], as it is at this moment.
public final class TokenReader {
  private static final int LONGEST_BYTES = 4 << 10;

  /// What editors of another system put before a text.
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private TokenReader() {}

  /// What is wrong with the file of a token now and how to mend it, without its name, which may be
  /// a token in the wrong place; empty if it holds one.
  public static Optional<String> fault(Path file) {
    try {
      Secret _ = inFile(file);
      return Optional.empty();
    } catch (Unfit e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Reads it, for one request.
  ///
  /// @throws SentryException.NoToken if the file does not hold one; the message names the file and
  ///   shows nothing of it
  static Secret token(Credentials credentials) throws SentryException.NoToken {
    return switch (credentials) {
      case Credentials.Token(var token) -> token;
      case Credentials.TokenFile(var file) -> {
        try {
          yield inFile(file);
        } catch (Unfit e) {
          throw new SentryException.NoToken("auth_token_file " + file + ": " + e.getMessage());
        }
      }
    };
  }

  private static Secret inFile(Path file) throws Unfit {
    String text = new String(bytes(file), UTF_8).replace(BYTE_ORDER_MARK, "").strip();
    if (text.isEmpty()) {
      throw new Unfit("the file is empty");
    }
    if (text.startsWith("Bearer ")) {
      throw new Unfit("the file begins with \"Bearer\"");
    }
    if (!text.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
      throw new Unfit("the file holds more than a token on one line");
    }
    return new Secret(text);
  }

  private static byte[] bytes(Path file) throws Unfit {
    if (Files.exists(file) && !Files.isRegularFile(file)) { // opening a pipe may wait for ever
      throw new Unfit("it is not a regular file");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST_BYTES + 1);
      if (bytes.length > LONGEST_BYTES) {
        throw new Unfit("the file is longer than any token");
      }
      return bytes;
    } catch (NoSuchFileException _) {
      throw new Unfit("there is no such file");
    } catch (IOException e) {
      throw new Unfit("the file cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /// A file that holds no token.
  private static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String what) {
      super(what + "; write Sentry's token into it, and nothing else");
    }
  }
}
