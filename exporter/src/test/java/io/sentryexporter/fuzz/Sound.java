package io.sentryexporter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.text.Printable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What holds for every message, of any input.
public final class Sound {
  /// As long as a token of Sentry; the corpus and the dictionaries have it where secrets stand.
  public static final String CANARY = "CANARY" + "0123456789abcdef".repeat(4);

  /// A message quotes at most a value or two.
  private static final int LONGEST = 4_000;

  private Sound() {}

  /// Asserts that a message is one line that shows no secret and controls no terminal.
  public static void assertMessage(@Nullable String message) {
    if (message == null || message.isEmpty()) {
      throw new AssertionError("no message");
    }
    if (message.contains(CANARY)) {
      throw new AssertionError("a message with a secret: " + message);
    }
    if (message.length() > LONGEST) {
      throw new AssertionError("a message of " + message.length() + " characters");
    }
    if (message.codePoints().anyMatch(Printable::isHidden)) {
      throw new AssertionError("a message with what cannot be seen: " + Printable.quoted(message));
    }
  }

  /// Asserts that all of these are sound messages.
  public static void assertMessages(List<String> messages) {
    messages.forEach(Sound::assertMessage);
    assertThat(messages.size()).isLessThan(200);
  }
}
