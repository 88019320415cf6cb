package io.sentryexporter.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sentryexporter.fuzz.ProbedServers.Outcome;
import java.util.List;
import java.util.Random;
import org.slf4j.LoggerFactory;

/// Targets of probes that are made to lead elsewhere, and what becomes of them.
///
/// Each is put together of what ends, climbs out of or changes the parts of a URL, every character
/// as it is or encoded in one of the ways that someone decodes.
public final class CraftedTargets {
  private static final List<String> PIECES =
      List.of(
          "/",
          "//",
          "///",
          "\\",
          "/\\",
          ".",
          "..",
          "...",
          "./",
          "../",
          "/..",
          "/.",
          "/../",
          "/./",
          "..;/",
          ";",
          ";/",
          "@",
          ":",
          ":80",
          ":0",
          ":@",
          "#",
          "?",
          "??",
          "&",
          "=",
          "%",
          "%%",
          "+",
          "%2f",
          "%2F",
          "%5c",
          "%2e",
          "%2e%2e",
          "%252e",
          "%252f",
          "%00",
          "%0d%0a",
          "%23",
          "%3f",
          "%40",
          "%c0%af",
          "%c0%ae",
          "%e0%80%af",
          "%u002f",
          "%ff",
          "\r\n",
          "\n",
          "\r",
          "\t",
          "\0",
          " ",
          "\u0085",
          "\u2028",
          "\u00a0",
          "\u3000",
          "\u200b",
          "\ufeff",
          "\u202e",
          "\uff0f",
          "\u2215",
          "\u2044",
          "\uff0e",
          "\u2024",
          "\u3002",
          "\uff20",
          "\ufe55",
          "\uff1f",
          "\uff03",
          "\u2100",
          "\u00fc",
          "\u017f",
          "\u0131",
          "\u212a",
          "\ud83d\ude00",
          "\uff3c",
          "http:",
          "https:",
          "http://",
          "https://",
          "HTTPS://",
          "file:///",
          "javascript:",
          "ftp://",
          "//",
          "evil.example",
          "evil.example/",
          "@evil.example",
          ".evil.example",
          "sentry.example",
          "127.0.0.1",
          "[::1]",
          "localhost",
          "0x7f.1",
          "user:password@",
          "xn--",
          "acme",
          "web",
          "acme/web",
          "200001",
          "2",
          "1",
          "-",
          "_",
          "~",
          "stats",
          "stats/",
          "/stats/",
          "api/0/",
          "organizations/",
          "projects/",
          "Host: evil.example",
          " HTTP/1.1\r\nHost: evil.example",
          "\r\nX: y\r\n\r\nGET / HTTP/1.1",
          "{",
          "}",
          "{organization}",
          "<",
          ">",
          "\"",
          "'",
          "|",
          "^",
          "`",
          "$",
          "*",
          "(",
          ")",
          "!",
          ",",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

  /// Those with nothing for which a target is refused at once: half of the targets have no others.
  private static final List<String> TAKEN =
      PIECES.stream()
          .filter(piece -> piece.chars().noneMatch(c -> "?#%\\".indexOf(c) >= 0))
          .filter(piece -> piece.chars().noneMatch(Character::isISOControl))
          .filter(piece -> !piece.startsWith("."))
          .toList();

  private static final int FORMS = 8;
  private static final String[][] WRITTEN = written();
  private static final int MOST_PIECES = 7;
  private static final long REPORTED = 500_000;
  private static final int PROBES_OF_SERVERS = 10_000;

  private final Random random;
  private long unheard;
  private long refused;
  private long quiet;
  private long requests;
  private long asked;

  public CraftedTargets(long seed) {
    this.random = new Random(seed);
  }

  /// Crafts and checks a number of targets: `number [seed]`; prints what became of them.
  public static void main(String[] arguments) throws InterruptedException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    long number = Long.parseLong(arguments[0]);
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : new Random().nextLong();
    System.out.println("seed " + seed);
    var targets = new CraftedTargets(seed);
    for (long done = 0; done < number; done += REPORTED) {
      targets.check(Math.min(REPORTED, number - done));
      System.out.println(targets);
    }
  }

  /// Probes a number of targets.
  ///
  /// @throws AssertionError if a request leaves its server or its path
  public void check(long number) throws InterruptedException {
    for (long done = 0; done < number; done += PROBES_OF_SERVERS) {
      try (var servers = new ProbedServers()) {
        for (long i = done; i < Math.min(number, done + PROBES_OF_SERVERS); i++) {
          count(servers.probe(next()));
        }
      }
    }
  }

  private void count(Outcome outcome) {
    if (outcome.status() == 0) {
      unheard++;
    } else if (outcome.status() != 200) {
      refused++;
    } else if (outcome.requests() == 0) {
      quiet++;
    } else {
      asked++;
    }
    requests += outcome.requests();
  }

  /// The request target of a probe, a character for each byte.
  String next() {
    var modules = ProbedServers.modules();
    var probe = new StringBuilder("/probe?target=");
    int pieces = 1 + random.nextInt(MOST_PIECES);
    int usual = random.nextInt(FORMS); // how most of its characters are written
    List<String> from = random.nextBoolean() ? PIECES : TAKEN;
    for (int i = 0; i < pieces; i++) {
      String piece = from.get(random.nextInt(from.size()));
      int form = random.nextInt(4) == 0 ? random.nextInt(FORMS) : usual;
      for (byte octet : piece.getBytes(UTF_8)) {
        probe.append(WRITTEN[form][octet & 0xff]);
      }
    }
    return probe.append("&module=").append(modules.get(random.nextInt(modules.size()))).toString();
  }

  /// Each octet in each form: formatting them one by one would take most of the time.
  private static String[][] written() {
    var written = new String[FORMS][256];
    for (int form = 0; form < FORMS; form++) {
      for (int octet = 0; octet < 256; octet++) {
        written[form][octet] = written(octet, form);
      }
    }
    return written;
  }

  private static String written(int octet, int form) {
    boolean isWord = Character.isLetterOrDigit(octet) && octet < 0x80;
    return switch (form) {
      case 0 -> String.valueOf((char) octet);
      case 1 -> "%%%02X".formatted(octet);
      case 2 -> "%%%02x".formatted(octet);
      case 3 -> "%%25%02X".formatted(octet);
      case 4 -> "%%%02x%%%02x".formatted(0xc0 | octet >> 6, 0x80 | (octet & 0x3f)); // too long
      default ->
          isWord || "-._~/:@".indexOf(octet) >= 0
              ? String.valueOf((char) octet)
              : "%%%02X".formatted(octet); // as browsers and Prometheus write it
    };
  }

  long asked() {
    return asked;
  }

  long refused() {
    return refused + unheard;
  }

  @Override
  public String toString() {
    return "%d targets refused by the listener, %d by the probe, %d answered without a request; %d"
            .formatted(unheard, refused, quiet, asked)
        + " led to "
        + requests
        + " requests, every one of them to the server and below the path of its module";
  }
}
