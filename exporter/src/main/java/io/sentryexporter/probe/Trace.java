package io.sentryexporter.probe;

import io.sentryexporter.text.LogLine;
import io.sentryexporter.text.SecretRedactor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final List<LogLine> lines = new ArrayList<>();

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
    return lines.stream()
        .map(line -> line.with(this::shown).logfmt() + "\n")
        .collect(Collectors.joining());
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
    var byName = new LinkedHashMap<String, String>();
    byName.put("module", module);
    byName.put("target", target);
    for (int i = 0; i < facts.length; i += 2) {
      String fact = facts[i + 1];
      byName.put(facts[i], fact.length() > LONGEST_FACT ? shown(fact) : fact);
    }
    synchronized (this) {
      if (lines.size() < MOST_LINES) {
        lines.add(new LogLine(clock.instant(), level, message, byName));
      }
    }
    if (log.isEnabledForLevel(level)) {
      LoggingEventBuilder event = log.atLevel(level);
      for (var fact : byName.entrySet()) {
        event = event.addKeyValue(fact.getKey(), shown(fact.getValue()));
      }
      event.log(message);
    }
  }
}
