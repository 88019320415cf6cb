package io.sentryexporter.simulator.fault;

import io.sentryexporter.simulator.fault.Fault.Garbage;
import io.sentryexporter.simulator.fault.Fault.RetryAfterForm;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.SentryError;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Faults as text, for the request header `X-Simulate`.
public final class FaultText {
  /// An example of every form, for people to read.
  public static final List<String> FORMS =
      List.of(
          "delay 2s",
          "hang",
          "hang-after-headers",
          "drip 10 100ms",
          "reset",
          "reset-after-headers",
          "truncated",
          "wrong-length",
          "broken-chunk",
          "not-http",
          "chunked",
          "gzip",
          "deprecated 2027-01-01T00:00:00+00:00 /api/0/replacement/",
          "texts slug|name|version any text",
          "huge 50000000",
          "gzip-bomb 1000000000",
          "html-login",
          "garbage " + garbageLabels(),
          "error " + String.join("|", SentryError.labels()),
          "429 window|concurrent|retry-after 5s|retry-date 5s",
          "status 503",
          "nginx 502",
          "redirect same|loop|http://other.example/path",
          "body 200 text/plain any text");

  private FaultText() {}

  /// Reads a fault as the header `X-Simulate` writes it.
  ///
  /// @throws Refused if it is none; the answer quotes it and lists the forms
  public static Fault parse(String text) throws Refused {
    var words = text.split(" ", 4);
    try {
      return switch (words[0]) {
        case "delay" -> new Fault.Delay(duration(words[1]));
        case "hang" -> new Fault.Hang();
        case "hang-after-headers" -> new Fault.HangAfterHeaders();
        case "drip" -> new Fault.Drip(Integer.parseInt(words[1]), duration(words[2]));
        case "reset" -> new Fault.Reset();
        case "reset-after-headers" -> new Fault.ResetAfterHeaders();
        case "truncated" -> new Fault.TruncatedBody();
        case "wrong-length" -> new Fault.WrongLength();
        case "broken-chunk" -> new Fault.BrokenChunk();
        case "not-http" -> new Fault.NotHttp();
        case "chunked" -> new Fault.Chunked();
        case "gzip" -> new Fault.Gzip();
        case "deprecated" -> new Fault.Deprecation(words[1], words[2]);
        case "texts" -> new Fault.Texts(words[1], text.split(" ", 3)[2]);
        case "huge" -> new Fault.Huge(Long.parseLong(words[1]));
        case "gzip-bomb" -> new Fault.GzipBomb(Long.parseLong(words[1]));
        case "html-login" -> new Fault.HtmlLogin();
        case "garbage" -> new Fault.GarbageJson(garbage(words[1]));
        case "error" -> new Fault.Failure(error(words[1]));
        case "429" -> tooMany(words);
        case "status" -> new Fault.Status(Integer.parseInt(words[1]));
        case "nginx" -> new Fault.NginxPage(Integer.parseInt(words[1]));
        case "redirect" -> redirect(words[1]);
        case "body" -> new Fault.Body(Integer.parseInt(words[1]), words[2], words[3]);
        default -> throw new IllegalArgumentException("no such fault");
      };
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      var complaint = "X-Simulate: \"" + text + "\" is not a fault; write one of:\n";
      throw Refused.with(
          Answer.of(400, "text/plain; charset=utf-8", complaint + String.join("\n", FORMS) + "\n"));
    }
  }

  private static Fault tooMany(String[] words) {
    return switch (words[1]) {
      case "window" -> new Fault.TooFrequent();
      case "concurrent" -> new Fault.TooConcurrent();
      case "retry-after" -> new Fault.RetryLater(duration(words[2]), RetryAfterForm.SECONDS);
      case "retry-date" -> new Fault.RetryLater(duration(words[2]), RetryAfterForm.DATE);
      default -> throw new IllegalArgumentException("no such kind of 429");
    };
  }

  private static Fault redirect(String where) {
    return switch (where) {
      case "same" -> new Fault.RedirectSameHost();
      case "loop" -> new Fault.RedirectLoop();
      default -> new Fault.RedirectTo(URI.create(where));
    };
  }

  private static SentryError error(String label) {
    var error = SentryError.of(label);
    if (error == null) {
      throw new IllegalArgumentException("no such error");
    }
    return error;
  }

  private static Garbage garbage(String label) {
    return Garbage.valueOf(label.replace('-', '_').toUpperCase(Locale.ROOT));
  }

  private static String garbageLabels() {
    return Arrays.stream(Garbage.values())
        .map(garbage -> garbage.name().replace('_', '-').toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("|"));
  }

  private static Duration duration(String text) {
    if (text.endsWith("ms")) {
      return Duration.ofMillis(Long.parseLong(text, 0, text.length() - 2, 10));
    }
    if (text.endsWith("s")) {
      return Duration.ofSeconds(Long.parseLong(text, 0, text.length() - 1, 10));
    }
    throw new IllegalArgumentException("a duration ends in ms or s");
  }
}
