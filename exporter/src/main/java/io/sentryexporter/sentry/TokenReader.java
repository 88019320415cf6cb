package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// The token of [Credentials], as it is at this moment.
public final class TokenReader {
  private static final int LONGEST_BYTES = 4 << 10;

  /// The byte order mark that editors of another system put before a text.
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /// Shorter texts are no token of Sentry or GlitchTip; and a text of a few letters, hidden
  /// wherever it occurs, would hide parts of common words.
  private static final int SHORTEST = 16;

  /// As Sentry's pages show a token after its creation.
  private static final Pattern MASKED = Pattern.compile("[*\u2022]{3,}|\u2026");

  private static final Pattern DSN = Pattern.compile("(?i)https?://[^/@]+@.*");
  private static final String INSTEAD =
      "; create an internal integration in Sentry, under Settings, Developer Settings, with read"
          + " access to organization, project, and issue & event, and use its token";

  private TokenReader() {}

  /// The fault of a token that cannot be one; empty if there is none.
  public static Optional<String> faultOf(String token) {
    if (token.matches("[\"'].*|.*[\"']")) {
      return Optional.of("has quotes in it");
    }
    if (MASKED.matcher(token).find()) {
      return Optional.of("is masked, as Sentry shows a token that exists; create a new one");
    }
    if (token.matches(".*[,;].*")) {
      return Optional.of("has a comma or semicolon, as of several tokens");
    }
    return token.length() < SHORTEST
        ? Optional.of("is shorter than " + SHORTEST + " characters")
        : Optional.empty();
  }

  /// The reason why Sentry accepts a token for none of the exporter's requests, and what to create
  /// instead; empty if the token's form does not show it.
  public static Optional<String> misuseOf(String token) {
    if (token.startsWith("sntrys_")) {
      return Optional.of("an organization token (sntrys_) has no scope but org:ci" + INSTEAD);
    }
    return DSN.matcher(token).matches()
        ? Optional.of("a DSN sends events and reads nothing" + INSTEAD)
        : Optional.empty();
  }

  /// Describes the kind of the current token and its source, and nothing else of it.
  ///
  /// @throws SentryException if there is none; the message names the file and shows nothing of it
  public static String described(Credentials credentials) throws SentryException {
    return switch (credentials) {
      case Credentials.Token(var token) -> kind(token.reveal());
      case Credentials.TokenFile(var file) -> kind(token(credentials).reveal()) + ", from " + file;
      case Credentials.OfClient _ -> "authorization, basic_auth or oauth2 of the instance";
    };
  }

  /// As [#misuseOf(String)], of the current token.
  ///
  /// @throws SentryException if there is none
  public static Optional<String> misuse(Credentials credentials) throws SentryException {
    return credentials instanceof Credentials.OfClient
        ? Optional.empty()
        : misuseOf(token(credentials).reveal());
  }

  private static String kind(String token) {
    if (token.startsWith("sntryu_")) {
      return "personal token (sntryu_)";
    }
    if (token.startsWith("sntrys_")) {
      return "organization token (sntrys_)";
    }
    if (token.startsWith("sntryi_") || token.startsWith("sntrya_")) {
      return "token of an integration (" + token.substring(0, 7) + ")";
    }
    if (!token.matches("[0-9a-f]+")) {
      return "token of an unknown form";
    }
    return switch (token.length()) {
      case 64 -> "token without a prefix: of an internal integration or a user";
      case 40 -> "token of GlitchTip";
      case 32 -> "public key of a DSN, or API key of an old Sentry, which belongs into basic_auth";
      default -> "token of an unknown form";
    };
  }

  /// The current fault of a token file and how to fix it, without the file's name, which may be a
  /// token in the wrong place; empty if the file holds a token.
  public static Optional<String> fault(Path file) {
    try {
      return misuseOf(inFile(file).reveal()).map(misuse -> "in the file: " + misuse);
    } catch (Unfit e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Reads it, for one request.
  ///
  /// @throws SentryException if the file does not hold one; the message names the file and shows
  ///   nothing of it
  static Secret token(Credentials credentials) throws SentryException {
    return switch (credentials) {
      case Credentials.Token(var token) -> token;
      case Credentials.OfClient _ -> throw new IllegalArgumentException("the client's own");
      case Credentials.TokenFile(var file) -> {
        try {
          yield inFile(file);
        } catch (Unfit e) {
          throw new SentryException(Reason.AUTH, "auth_token_file " + file + ": " + e.getMessage());
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
    Optional<String> fault = faultOf(text);
    if (fault.isPresent()) {
      throw new Unfit("the token in it " + fault.get());
    }
    return new Secret(text);
  }

  private static byte[] bytes(Path file) throws Unfit {
    try {
      return SmallFile.read(file, LONGEST_BYTES);
    } catch (IOException e) {
      throw new Unfit(String.valueOf(e.getMessage()));
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
