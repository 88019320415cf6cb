package io.sentryexporter.probe;

import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/// One line of a log: when, how grave, a constant message and facts.
///
/// Nothing in it can end the line or steer a terminal: control characters are escaped in both
/// forms.
public record LogLine(
    Instant time, Level level, String message, SequencedMap<String, String> facts) {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON =
      JsonFactory.builder().characterEscapes(new HiddenEscapes()).build();
  private static final HexFormat HEX = HexFormat.of();

  public LogLine {
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
  }

  /// This line with other values of its facts.
  LogLine with(UnaryOperator<String> change) {
    var changed = new LinkedHashMap<>(facts);
    changed.replaceAll((_, fact) -> change.apply(fact));
    return new LogLine(time, level, message, changed);
  }

  /// `time=… level=INFO msg="…" key=value`, as Prometheus' own programs write.
  public String logfmt() {
    var line = new StringBuilder(160);
    line.append("time=").append(MILLIS.format(time));
    line.append(" level=").append(level);
    line.append(" msg=");
    appendValue(line, message);
    facts.forEach((key, value) -> {
      line.append(' ').append(key).append('=');
      appendValue(line, value);
    });
    return line.toString();
  }

  /// `{"time":"…","level":"INFO","msg":"…","key":"value"}`; every value is a string.
  public String json() {
    var line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      json.writeStringProperty("time", MILLIS.format(time));
      json.writeStringProperty("level", level.toString());
      json.writeStringProperty("msg", message);
      facts.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    return line.toString();
  }

  private static void appendValue(StringBuilder line, String value) {
    if (!value.isEmpty() && value.chars().allMatch(LogLine::isBare)) {
      line.append(value);
      return;
    }
    line.append('"');
    for (int i = 0; i < value.length(); i++) {
      appendQuoted(line, value.charAt(i));
    }
    line.append('"');
  }

  private static boolean isBare(int character) {
    return character > ' '
        && character < 0x7f
        && character != '"'
        && character != '='
        && character != '\\';
  }

  private static void appendQuoted(StringBuilder line, char character) {
    switch (character) {
      case '"' -> line.append("\\\"");
      case '\\' -> line.append("\\\\");
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      default -> {
        if (isHidden(character)) {
          line.append(escape(character));
        } else {
          line.append(character);
        }
      }
    }
  }

  /// Whether a character is not to be seen, or changes how others are: controls, marks of the
  /// direction of writing, ends of lines, and halves of a pair.
  private static boolean isHidden(char character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String escape(char character) {
    return "\\u" + HEX.toHexDigits(character);
  }

  /// What JSON itself escapes, and what does not show besides.
  private static final class HiddenEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[0x7f] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return isHidden((char) character) ? new SerializedString(escape((char) character)) : null;
    }
  }
}
