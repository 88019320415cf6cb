package io.sentryexporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogLineTest {
  private static final String HOSTILE = "a\nlevel=ERROR \"x\" \u001b[31m\u2028\u202e\\ ü =\t\u0000";

  @Test
  void logfmtQuotesWhatIsNotPlain() {
    assertThat(line("sending request to sentry", "target", "acme/web").logfmt())
        .isEqualTo(
            "time=2026-11-22T10:20:00.123Z level=INFO msg=\"sending request to sentry\""
                + " target=acme/web");
    assertThat(line("done", "target", "").logfmt()).endsWith(" msg=done target=\"\"");
  }

  @Test
  void anyMessageIsOneLine() {
    String expected = "a\\nlevel=ERROR \\\"x\\\" \\u001b[31m\\u2028\\u202e\\\\ ü =\\t\\u0000";
    assertThat(line("done", "target", HOSTILE).logfmt())
        .endsWith(" msg=done target=\"" + expected + "\"");
    assertThat(line(HOSTILE).logfmt()).doesNotContain("\n", "\u001b", "\u202e");
  }

  @Test
  void jsonIsOneLineToo() {
    assertThat(line("done", "target", "a\n\u001b\"").json())
        .isEqualTo(
            "{\"time\":\"2026-11-22T10:20:00.123Z\",\"level\":\"INFO\",\"msg\":\"done\","
                + "\"target\":\"a\\n\\u001B\\\"\"}");
  }

  @Test
  void jsonShowsNothingRawThatCouldSteerATerminalOrEndTheLine() {
    String hostile = HOSTILE + "\u007f\u009b31m\u2029\u200f\ufeff\ud83d\ude00";
    String expected =
        "a\\nlevel=ERROR \\\"x\\\" \\u001B[31m\\u2028\\u202e\\\\ ü =\\t\\u0000"
            + "\\u007F\\u009b31m\\u2029\\u200f\\ufeff\\ud83d\\ude00";
    assertThat(line("done", "target", hostile).json()).endsWith("\"target\":\"" + expected + "\"}");
    assertThat(line(hostile).json()).contains("\"msg\":\"" + expected + "\"");
    var name = line("done", hostile, "x").json();
    assertThat(name).contains("\"" + expected + "\":\"x\"");
  }

  private static LogLine line(String message, String... facts) {
    SequencedMap<String, String> byName = new LinkedHashMap<>();
    for (int i = 0; i < facts.length; i += 2) {
      byName.put(facts[i], facts[i + 1]);
    }
    return new LogLine(Instant.parse("2026-11-22T10:20:00.123Z"), Level.INFO, message, byName);
  }
}
