package io.sentryexporter.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/// What a class has logged since, at every level, also after an exporter in this process has set
/// another.
public final class LogCapture {
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  private LogCapture() {
    appender.list = new CopyOnWriteArrayList<>(); // other threads may log while a test reads
    appender.start();
  }

  public static LogCapture of(Class<?> source) {
    var capture = new LogCapture();
    var logger = (Logger) LoggerFactory.getLogger(source);
    logger.setLevel(Level.TRACE);
    logger.addAppender(capture.appender);
    return capture;
  }

  /// Level, message, facts and the cause's message of each line.
  public List<String> lines() {
    return appender.list.stream().map(LogCapture::line).toList();
  }

  private static String line(ILoggingEvent event) {
    var line = new StringBuilder(event.getLevel() + " " + event.getMessage());
    if (event.getKeyValuePairs() != null) {
      event
          .getKeyValuePairs()
          .forEach(fact -> line.append(' ').append(fact.key).append('=').append(fact.value));
    }
    if (event.getThrowableProxy() != null) {
      line.append(" cause=").append(event.getThrowableProxy().getMessage());
    }
    return line.toString();
  }
}
