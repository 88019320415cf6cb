package io.sentryexporter.text;

import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/// A log line: time, level, a constant message and key-value pairs.
///
/// Nothing in it can end the line or steer a terminal: control characters are escaped in both
/// forms.
public record LogLine(
    Instant time, Level level, String message, SequencedMap<String, String> facts) {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON =
      JsonFactory.builder().characterEscapes(new HiddenEscapes()).build();

  public LogLine {
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
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
    Printable.appendQuoted(line, value);
  }

  private static boolean isBare(int character) {
    return character > ' '
        && character < 0x7f
        && character != '"'
        && character != '='
        && character != '\\';
  }

  /// The characters that JSON escapes, and in addition invisible ones.
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
      return Printable.isHidden(character)
          ? new SerializedString(Printable.escape((char) character))
          : null;
    }
  }
}
