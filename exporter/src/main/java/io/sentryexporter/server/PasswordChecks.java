package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.time.TimeSource;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Checks passwords, within bounds: one at a time, a few in line, and a rest after each that is
/// wrong, so that guessing takes at most a quarter of one processor.
///
/// What was right is remembered, and answered without a check, however many guess. Passwords are
/// not kept: outcomes are remembered under a code that only this process can make.
final class PasswordChecks {
  /// Outcomes that are remembered: right ones, and as many wrong ones.
  private static final int MOST_REMEMBERED = 100;

  private static final int MOST_WAITING = 16;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /// A rest, in durations of the check before it.
  private static final int REST = 3;

  private static final Duration LONGEST_REST = Duration.ofSeconds(5);
  private static final String CODE = "HmacSHA256";

  private final TimeSource time;
  private final SecretKeySpec secret;
  private final Map<String, Boolean> right = new Remembered();
  private final Map<String, Boolean> wrong = new Remembered();
  private int waiting;
  private boolean isChecking;
  private int checked;

  /// How a check ends.
  enum Verdict {
    RIGHT,
    WRONG,

    /// Too many are being checked.
    BUSY
  }

  PasswordChecks(TimeSource time) {
    this.time = time;
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    this.secret = new SecretKeySpec(key, CODE);
  }

  /// Checks a user and password. An unknown user and a wrong password cost the same, that of the
  /// costliest hash, so that the time does not reveal who is a user.
  ///
  /// @param users at least one
  Verdict check(String user, byte[] password, Map<String, BcryptHash> users)
      throws InterruptedException {
    BcryptHash hash = users.get(user);
    String code = code(user, hash, password);
    synchronized (this) {
      Verdict known = known(code);
      if (known != null) {
        return known;
      }
      if (waiting == MOST_WAITING) {
        return Verdict.BUSY;
      }
      waiting++;
      try {
        if (!time.await(this, LONGEST_WAIT, () -> !isChecking || known(code) != null)) {
          return Verdict.BUSY;
        }
      } finally {
        waiting--;
      }
      known = known(code); // the same may have been checked meanwhile
      if (known != null) {
        return known;
      }
      isChecking = true;
      checked++;
    }
    return checkNow(hash, code, password, users);
  }

  private Verdict checkNow(
      @Nullable BcryptHash hash, String code, byte[] password, Map<String, BcryptHash> users)
      throws InterruptedException {
    try {
      long start = time.nanoTime();
      var costliest =
          users.values().stream().max(Comparator.comparingInt(BcryptHash::cost)).orElseThrow();
      boolean isRight =
          (hash == null ? costliest : hash).matches(password, costliest.cost()) && hash != null;
      long took = time.nanoTime() - start;
      synchronized (this) {
        (isRight ? right : wrong).put(code, isRight);
        if (!isRight) {
          rest(took);
        }
      }
      return isRight ? Verdict.RIGHT : Verdict.WRONG;
    } finally {
      synchronized (this) {
        isChecking = false;
        notifyAll();
      }
    }
  }

  /// Leaves the processor to others for a while.
  private void rest(long nanos) throws InterruptedException {
    long rest = Math.min(nanos * REST, LONGEST_REST.toNanos());
    boolean _ = time.await(this, Duration.ofNanos(rest), () -> false);
  }

  /// Number of checks made.
  synchronized int checked() {
    return checked;
  }

  private @Nullable Verdict known(String code) {
    if (right.get(code) != null) {
      return Verdict.RIGHT;
    }
    return wrong.get(code) != null ? Verdict.WRONG : null;
  }

  /// The code of a user with a hash and a password. The lengths in it keep apart what would be the
  /// same letters in a row (CVE-2022-46146).
  private String code(String user, @Nullable BcryptHash hash, byte[] password) {
    try {
      var mac = Mac.getInstance(CODE);
      mac.init(secret);
      var texts = List.of(user, hash == null ? "" : hash.text());
      for (String text : texts) {
        byte[] bytes = text.getBytes(UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        mac.update(bytes);
      }
      return HexFormat.of().formatHex(mac.doFinal(password));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + CODE, e);
    }
  }

  /// The codes that were seen last.
  private static final class Remembered extends LinkedHashMap<String, Boolean> {
    private static final long serialVersionUID = 1;

    Remembered() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > MOST_REMEMBERED;
    }
  }
}
