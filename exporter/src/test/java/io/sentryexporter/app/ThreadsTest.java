package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.ExporterMetrics.BuildInfo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ThreadsTest {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  @BeforeEach
  void configure() {
    Logging.configure(
        new Logging.Settings(Logging.Format.LOGFMT, Level.INFO, Level.WARN),
        new PrintStream(log, true, UTF_8),
        new ExporterMetrics(BuildInfo.ofThisProgram()));
    Threads.reportFailures();
  }

  @AfterEach
  void restore() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void whatEndsAThreadIsOneLineOfTheLogWithItsTrace() throws InterruptedException {
    var thread = Threads.daemons("signal-").newThread(ThreadsTest::fail);
    thread.start();
    thread.join();
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("level=ERROR msg=\"internal error in a thread\" thread=signal-1 trace=")
        .contains("java.lang.IllegalStateException: a bug in the exporter", "ThreadsTest.fail");
  }

  @Test
  void aTaskThatFailsIsLoggedAndTheTimerGoesOn() throws Exception {
    try (var timer = Threads.timer()) {
      var failed = timer.schedule(ThreadsTest::fail, 0, MILLISECONDS);
      var next = timer.schedule(() -> "next", 1, MILLISECONDS);
      assertThat(next.get(60, SECONDS)).isEqualTo("next");
      assertThat(failed.isDone()).isTrue();
    }
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("thread=timer-1", "a bug in the exporter");
  }

  @Test
  void theTimerHasItsThreadBeforeItsFirstTask() {
    try (var timer = (ScheduledThreadPoolExecutor) Threads.timer()) {
      assertThat(timer.getPoolSize()).isEqualTo(1);
    }
  }

  @Test
  void aTaskIsRefusedWhereTheSystemLetsNoThreadBe() {
    boolean[] isFull = {true};
    ThreadFactory factory =
        task -> {
          if (isFull[0]) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return new Thread(task);
        };
    try (var pool = Threads.pool(1, factory)) {
      assertThatThrownBy(() -> pool.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("no thread can be started");
      isFull[0] = false;
      assertThat(pool.submit(() -> "done")).succeedsWithin(Duration.ofMinutes(1));
      pool.shutdown();
      assertThatThrownBy(() -> pool.execute(() -> {})).hasMessage("the exporter is stopping");
    }
  }

  private static void fail() {
    throw new IllegalStateException("a bug in the exporter");
  }

  private List<String> lines() {
    return log.toString(UTF_8).lines().toList();
  }
}
