package io.sentryexporter.simulator.fault;

import io.sentryexporter.simulator.message.SentryError;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Something that goes wrong with one request.
public sealed interface Fault {
  /// A fault made of another answer than the right one, properly sent.
  sealed interface OtherAnswer extends Fault {}

  /// A fault in how an answer comes over the connection.
  sealed interface OnTheWire extends Fault {}

  /// The right answer, but only after a while.
  record Delay(Duration duration) implements OnTheWire {}

  /// The right answer, but only once a test lets it go by counting down.
  record Held(CountDownLatch release) implements OnTheWire {}

  /// No byte, until the client hangs up.
  record Hang() implements OnTheWire {}

  /// The head of the right answer, then nothing until the client hangs up.
  record HangAfterHeaders() implements OnTheWire {}

  /// The head at once, the body a few bytes at a time.
  record Drip(int bytes, Duration interval) implements OnTheWire {}

  /// The connection is reset instead of answered.
  record Reset() implements OnTheWire {}

  /// The connection is reset after the head.
  record ResetAfterHeaders() implements OnTheWire {}

  /// Half of the announced body, then the connection is closed.
  record TruncatedBody() implements OnTheWire {}

  /// An announced length that is half of the body sent; the rest lies in the kept connection.
  record WrongLength() implements OnTheWire {}

  /// A chunked body whose second chunk has no readable size.
  record BrokenChunk() implements OnTheWire {}

  /// Bytes that are not HTTP.
  record NotHttp() implements OnTheWire {}

  /// The right answer in small chunks: no fault of the server, but one for careless clients.
  record Chunked() implements OnTheWire {}

  /// Points `[timestamp, count]` without end: a chunked array of about so many bytes.
  record Huge(long bytes) implements OnTheWire {}

  /// The same, compressed; `bytes` counts what it decompresses to.
  record GzipBomb(long bytes) implements OnTheWire {}

  /// The right answer compressed, even if not requested.
  record Gzip() implements OtherAnswer {}

  /// A JSON type, status 200 and a body that is no good.
  record GarbageJson(Garbage garbage) implements OtherAnswer {}

  /// The right answer, with a text added to the texts of some of its fields: what people who may
  /// write in Sentry can do to it.
  ///
  /// @param fields a pattern of their names
  record Texts(String fields, String added) implements OtherAnswer {}

  /// Status 200 and a login page, as from an SSO proxy.
  record HtmlLogin() implements OtherAnswer {}

  /// The right answer of an endpoint that Sentry is going to remove.
  ///
  /// @param date when, as Sentry writes it
  /// @param replacement the endpoint to use instead
  record Deprecation(String date, String replacement) implements OtherAnswer {}

  /// One of Sentry's error answers.
  record Failure(SentryError error) implements OtherAnswer {}

  /// A JSON error with any status.
  record Status(int status) implements OtherAnswer {}

  /// nginx' own error page with any status.
  record NginxPage(int status) implements OtherAnswer {}

  /// 429 for too many requests in the window; it has no `Retry-After`.
  record TooFrequent() implements OtherAnswer {}

  /// 429 for too many requests in flight.
  record TooConcurrent() implements OtherAnswer {}

  /// 429 with `Retry-After`, as other gateways send it.
  record RetryLater(Duration after, RetryAfterForm form) implements OtherAnswer {}

  /// Once to the same path on the same host, which then answers.
  record RedirectSameHost() implements OtherAnswer {}

  record RedirectTo(URI location) implements OtherAnswer {}

  /// For ever to itself.
  record RedirectLoop() implements OtherAnswer {}

  record Body(int status, String contentType, String text) implements OtherAnswer {}

  /// The format of `Retry-After`.
  enum RetryAfterForm {
    SECONDS,
    DATE
  }

  /// Bodies that are not what v1 statistics should be.
  enum Garbage {
    EMPTY(""),
    NOT_JSON("upstream connect error"),
    CUT_SHORT("[[1541455200,1184],[1541458800,14"),
    OBJECT("{\"detail\":\"all is well\"}"),
    TEXT("\"1184\""),
    NULL("null"),
    NULL_COUNT("[[1541455200,null]]"),
    TEXT_COUNT("[[1541455200,\"1184\"]]"),
    NEGATIVE_COUNT("[[1541455200,-7]]"),
    OVER_INT64("[[1541455200,9223372036854775808]]"),
    ONE_NUMBER("[[1541455200]]"),
    THREE_NUMBERS("[[1541455200,1,2]]"),
    TRAILING("[[1541455200,7]]]"),
    DEEP("[".repeat(10_000));

    public final String body;

    Garbage(String body) {
      this.body = body;
    }
  }
}
