package io.sentryexporter.probe;

import io.sentryexporter.text.LogLine;
import io.sentryexporter.text.SecretRedactor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// The log lines of one probe, kept with its result and shown on `/logs`. Few probes are ever
/// looked at, so the lines become text only when they are; only then are the module's secrets
/// hidden in them, wherever they come from. Long values are cut. Each line also goes to the logger
/// of probes, whose level is `--log.prober`.
public final class Trace {
  private static final int MOST_LINES = 200;
  private static final int LONGEST_FACT = 500;
  private static final Logger log = LoggerFactory.getLogger(Trace.class);

  private final InstantSource clock;
  private final String module;
  private final String target;
  private volatile SecretRedactor redactor;
  private final List<Line> lines = new ArrayList<>();

  /// @param facts a name, its value, the next name and so on
  private record Line(Instant time, Level level, String message, List<String> facts) {}

  public Trace(InstantSource clock, String module, String target, SecretRedactor redactor) {
    this.clock = clock;
    this.module = module;
    this.target = target;
    this.redactor = redactor;
  }

  /// Hides in all lines what this hides too: secrets that were read for the probe's request.
  void hide(SecretRedactor others) {
    redactor = redactor.and(others);
  }

  public void debug(String message, String... facts) {
    add(Level.DEBUG, message, facts);
  }

  public void info(String message, String... facts) {
    add(Level.INFO, message, facts);
  }

  /// The lines so far, in logfmt, each with its end.
  public synchronized String text() {
    return lines.stream().map(line -> logfmt(line) + "\n").collect(Collectors.joining());
  }

  String module() {
    return module;
  }

  String target() {
    return target;
  }

  /// A value as it may be printed: without secrets, and not too long.
  String shown(String fact) {
    String redacted = redactor.redact(fact);
    return redacted.length() > LONGEST_FACT ? redacted.substring(0, LONGEST_FACT) : redacted;
  }

  private void add(Level level, String message, String... facts) {
    for (int i = 1; i < facts.length; i += 2) {
      if (facts[i].length() > LONGEST_FACT) {
        facts[i] = shown(facts[i]);
      }
    }
    var line = new Line(clock.instant(), level, message, List.of(facts));
    synchronized (this) {
      if (lines.size() < MOST_LINES) {
        lines.add(line);
      }
    }
    if (log.isEnabledForLevel(level)) {
      LoggingEventBuilder event = log.atLevel(level);
      for (var fact : byName(line).entrySet()) {
        event = event.addKeyValue(fact.getKey(), fact.getValue());
      }
      event.log(message);
    }
  }

  private String logfmt(Line line) {
    return new LogLine(line.time(), line.level(), line.message(), byName(line)).logfmt();
  }

  private SequencedMap<String, String> byName(Line line) {
    var byName = new LinkedHashMap<String, String>();
    byName.put("module", shown(module));
    byName.put("target", shown(target));
    List<String> facts = line.facts();
    for (int i = 0; i < facts.size(); i += 2) {
      byName.put(facts.get(i), shown(facts.get(i + 1)));
    }
    return byName;
  }
}
