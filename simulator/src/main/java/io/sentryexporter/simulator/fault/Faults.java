package io.sentryexporter.simulator.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The faults that requests to come meet with.
public final class Faults {
  private record Rule(Predicate<String> target, Fault fault) {}

  private final Deque<Fault> next = new ArrayDeque<>();
  private final List<Rule> rules = new ArrayList<>();

  public Faults() {}

  /// The next `requests` requests meet with `fault`, after those of earlier calls.
  public synchronized void next(int requests, Fault fault) {
    for (var i = 0; i < requests; i++) {
      next.addLast(fault);
    }
  }

  /// Every request whose path (as sent, without query) fits meets with `fault`; of several rules
  /// the first counts.
  public synchronized void when(Predicate<String> path, Fault fault) {
    rules.add(new Rule(target -> path.test(target.split("\\?", 2)[0]), fault));
  }

  /// The same for requests whose path and query (as sent) fit.
  public synchronized void whenTarget(Predicate<String> target, Fault fault) {
    rules.add(new Rule(target, fault));
  }

  /// Nothing goes wrong any more.
  public synchronized void clear() {
    next.clear();
    rules.clear();
  }

  public synchronized @Nullable Fault take(String target) {
    if (!next.isEmpty()) {
      return next.removeFirst();
    }
    for (var rule : rules) {
      if (rule.target().test(target)) {
        return rule.fault();
      }
    }
    return null;
  }
}
