package io.sentryexporter.http;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for bodies that are being read, shared by all calls of one caller.
///
/// Servers that send much and never end could otherwise fill it, each within its own limit. What is
/// handed over counts no more: it is the caller's.
final class BodyBudget {
  /// The beginning of each body is free, so that short ones come through when the rest is used up;
  /// their number is bounded by that of the calls.
  private static final int FREE_BYTES = 32 << 10;

  private final AtomicLong left;

  BodyBudget(int bytes) {
    this.left = new AtomicLong(bytes);
  }

  /// The share of one body, nothing to begin with.
  Share share() {
    return new Share();
  }

  /// All that there is belongs to other bodies.
  static final class UsedUp extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// What one body holds, given back at its end. Belongs to the thread that reads it.
  final class Share implements AutoCloseable {
    private int free = FREE_BYTES;
    private long taken;

    private Share() {}

    /// Room for more bytes of the body.
    void take(int bytes) throws UsedUp {
      var isFree = Math.min(bytes, free);
      free -= isFree;
      var charged = bytes - isFree;
      if (left.getAndUpdate(n -> n < charged ? n : n - charged) < charged) {
        throw new UsedUp();
      }
      taken += charged;
    }

    @Override
    public void close() {
      left.addAndGet(taken);
      taken = 0;
    }
  }
}
