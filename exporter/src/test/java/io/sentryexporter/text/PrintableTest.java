package io.sentryexporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @Test
  void whatCanBeReadStaysAsItIs() {
    assertThat(Printable.quoted("Zürich 東京 😀 {a: 'b'}")).isEqualTo("\"Zürich 東京 😀 {a: 'b'}\"");
  }

  @Test
  void whatEndsATextOrALineIsEscapedAsInJson() {
    assertThat(Printable.quoted("a\"b\\c\nd\re\tf")).isEqualTo("\"a\\\"b\\\\c\\nd\\re\\tf\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "\u001b", "\u007f", "\u0085", "\u200b", "\u202e", "\u2028"})
  void whatCannotBeSeenIsANumber(String hidden) {
    assertThat(Printable.quoted(hidden)).isEqualTo("\"\\u%04x\"".formatted((int) hidden.charAt(0)));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 0xad, 0x34f, 0x115f, 0x180e, 0x200d, 0x2029, 0x2066, 0x3164, 0xe000, 0xfeff, 0xffa0
      })
  void whatCannotBeSeenIsReplacedWhereThereAreNoEscapes(int hidden) {
    assertThat(Printable.replaced("a" + Character.toString(hidden) + "b", '\ufffd'))
        .isEqualTo("a\ufffdb");
  }

  @Test
  void whatCanBeSeenIsNotReplaced() {
    String text = "Zürich 東京 😀 ❤️ {a: 'b'}~";
    assertThat(Printable.replaced(text, '?')).isSameAs(text);
    assertThat(Printable.replaced("\ud83d😀\ud83d", '?')).isEqualTo("?😀?");
  }

  @Test
  void halfAPairIsANumberAndAHiddenCharacterOfAPairTwo() {
    assertThat(Printable.quoted("\ud83d")).isEqualTo("\"\\ud83d\"");
    assertThat(Printable.quoted(Character.toString(0xe0041))).isEqualTo("\"\\udb40\\udc41\"");
  }
}
