package io.sentryexporter.config;

import io.sentryexporter.yaml.Problem;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The last configuration that was read without an error, and the outcome of the last reading.
/// Activating it is not its task.
public final class LiveConfig {
  private final Supplier<ConfigResult> source;
  private final ReentrantLock reloading = new ReentrantLock();
  private final AtomicReference<State> state;

  /// @param source reads the configuration as it is now
  /// @param first what it gave at the start
  public LiveConfig(Supplier<ConfigResult> source, Config first) {
    this.source = source;
    this.state = new AtomicReference<>(new State(first, List.of()));
  }

  public Config current() {
    return state.get().config();
  }

  /// The errors of the last reload, one per line; empty if it had none, and at the start.
  public List<String> lastReloadErrors() {
    return state.get().errors();
  }

  /// Reads the configuration again, and takes it unless there is an error in it.
  ///
  /// Reloads at the same time run one after the other. The same content leaves the same object.
  ///
  /// @return all problems, warnings too
  public List<Problem> reload() {
    reloading.lock();
    try {
      var reading = source.get();
      var before = state.get();
      var read = reading.config();
      state.set(
          new State(
              read == null || read.equals(before.config()) ? before.config() : read,
              reading.problems().stream()
                  .filter(Problem::isError)
                  .map(Problem::toString)
                  .toList()));
      return reading.problems();
    } finally {
      reloading.unlock();
    }
  }

  /// The active configuration, and the errors of a newer one.
  private record State(Config config, List<String> errors) {}
}
