package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.BCrypt.Version;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.Radix64Encoder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// A password as bcrypt hashes it: `$2y$10$`, 22 characters of salt, 31 of the hash.
///
/// Read as Go's bcrypt does, which Prometheus uses: the letter behind the 2 makes no difference,
/// and of a password the first 72 bytes count.
public final class BcryptHash {
  private static final int LONGEST_PASSWORD_BYTES = 72;
  private static final int HASH_CHARACTERS = 59;

  private static final Pattern FORM =
      Pattern.compile("\\$[ -2][^$]?\\$(?<cost>\\d\\d)\\$(?<salt>.{22})(?<hash>.*)");
  private static final Pattern SALT = Pattern.compile("[./A-Za-z0-9]{22}");
  private static final Pattern HASH = Pattern.compile("[./A-Za-z0-9]{31}");
  private static final String HOW = "; make one: htpasswd -nBC 10 \"\" | tr -d ':\\n'";

  private final String text;
  private final int cost;
  private final byte[] salt;
  private final byte[] hash;

  private BcryptHash(String text, int cost, byte[] salt, byte[] hash) {
    this.text = text;
    this.cost = cost;
    this.salt = salt;
    this.hash = hash;
  }

  /// Reads a hash. No message quotes it.
  ///
  /// @throws NoHashException if it is none; the message has the reason, and how to make one
  public static BcryptHash parse(String written) throws NoHashException {
    String text = written.strip();
    if (text.length() < HASH_CHARACTERS) {
      throw new NoHashException("too short for a bcrypt hash" + HOW);
    }
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new NoHashException("not a bcrypt hash, which begins like $2y$10$" + HOW);
    }
    int cost = Integer.parseInt(form.group("cost"));
    if (cost < BCrypt.MIN_COST || cost > BCrypt.MAX_COST) {
      throw new NoHashException("its cost is " + cost + ", not 4 to 31" + HOW);
    }
    String salt = form.group("salt");
    String hash = form.group("hash");
    boolean canMatch = SALT.matcher(salt).matches() && HASH.matcher(hash).matches();
    return new BcryptHash(
        text,
        cost,
        canMatch ? decoded(salt) : new byte[BCrypt.SALT_LENGTH],
        canMatch ? decoded(hash) : new byte[0]);
  }

  private static byte[] decoded(String radix64) {
    return new Radix64Encoder.Default().decode(radix64.getBytes(US_ASCII));
  }

  /// What an operator should know of a hash that can be used; empty if there is nothing.
  public Optional<String> warning() {
    if (hash.length == 0) {
      return Optional.of("no password can match this hash, which is damaged" + HOW);
    }
    return cost > 14
        ? Optional.of("a cost of " + cost + " takes seconds of a processor; write 10 to 12")
        : Optional.empty();
  }

  /// Whether it is the hash of a password. If it is not, takes as long as a hash of another cost
  /// does, which is the same or higher.
  boolean matches(byte[] password, int costOfFailure) {
    var ended = Arrays.copyOf(password, password.length + 1); // by a NUL, as in C
    var counted = Arrays.copyOf(ended, Math.min(ended.length, LONGEST_PASSWORD_BYTES));
    boolean isRight = MessageDigest.isEqual(hash(counted, cost), hash);
    for (int rest = cost; !isRight && rest < costOfFailure; rest++) {
      byte[] _ = hash(counted, rest); // each cost doubles the work: 16 + 16 + 32 = 64
    }
    return isRight;
  }

  private byte[] hash(byte[] counted, int cost) {
    var version = Version.VERSION_2Y_NO_NULL_TERMINATOR; // the NUL is there already
    return BCrypt.with(version, LongPasswordStrategies.none()).hashRaw(cost, salt, counted).rawHash;
  }

  /// Logarithm of the work.
  int cost() {
    return cost;
  }

  /// As it was read.
  String text() {
    return text;
  }

  @Override
  public String toString() {
    return "<secret>";
  }

  /// A text is not the hash of a password.
  public static final class NoHashException extends Exception {
    private static final long serialVersionUID = 1;

    private NoHashException(String message) {
      super(message);
    }
  }
}
