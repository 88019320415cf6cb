package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.Trace;
import io.sentryexporter.text.LogLine;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import org.slf4j.LoggerFactory;

/// Configures the log: its stream, format and levels.
public final class Logging {
  private static final String OURS = "io.sentryexporter";

  private Logging() {}

  /// The format of a line.
  public enum Format {
    LOGFMT,
    JSON
  }

  /// The levels of the log.
  ///
  /// @param level of the exporter
  /// @param proberLevel of the probes' own lines, which come at debug and info
  public record Settings(
      Format format, org.slf4j.event.Level level, org.slf4j.event.Level proberLevel) {}

  /// Sends all log lines to `out` from now on, and counts them.
  ///
  /// Libraries may warn but no more: at debug the HTTP client writes headers, and with them tokens.
  public static void configure(Settings settings, PrintStream out, ExporterMetrics metrics) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var appender = new Lines(settings.format(), out, metrics);
    appender.setContext(context);
    appender.setName(Lines.class.getName());
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger(OURS).setLevel(Level.convertAnSLF4JLevel(settings.level()));
    context
        .getLogger(Trace.class.getName())
        .setLevel(Level.convertAnSLF4JLevel(settings.proberLevel()));
  }

  /// Logs a bug that ends the exporter.
  ///
  /// @return false if nothing is configured yet, and nothing logged
  public static boolean internalError(Throwable failure) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    if (root.getAppender(Lines.class.getName()) == null) {
      return false;
    }
    context.getLogger(Logging.class).atError().setCause(failure).log("internal error");
    return true;
  }

  /// Writes each event as one line.
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final Format format;
    private final PrintStream out;
    private final ExporterMetrics metrics;

    Lines(Format format, PrintStream out, ExporterMetrics metrics) {
      this.format = format;
      this.out = out;
      this.metrics = metrics;
    }

    @Override
    protected void append(ILoggingEvent event) {
      var level = org.slf4j.event.Level.valueOf(event.getLevel().toString());
      metrics.logged(level.name().toLowerCase(Locale.ROOT));
      var line = new LogLine(event.getInstant(), level, event.getFormattedMessage(), facts(event));
      String text =
          switch (format) {
            case LOGFMT -> line.logfmt();
            case JSON -> line.json();
          };
      byte[] bytes = (text + "\n").getBytes(UTF_8);
      out.write(bytes, 0, bytes.length); // whole lines, also from several threads
      out.flush();
    }

    private static SequencedMap<String, String> facts(ILoggingEvent event) {
      var facts = new LinkedHashMap<String, String>();
      if (event.getKeyValuePairs() != null) {
        event.getKeyValuePairs().forEach(pair -> facts.put(pair.key, String.valueOf(pair.value)));
      }
      if (event.getThrowableProxy() != null) {
        facts.put("trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      return facts;
    }
  }
}
