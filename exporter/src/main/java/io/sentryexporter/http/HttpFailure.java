package io.sentryexporter.http;

/// Why a call has no usable answer. One subclass per kind of failure.
///
/// The message names the error and the server, by origin only: never a header, a user, a password
/// or a query. There is no cause, because a cause could quote what the server sent.
public abstract sealed class HttpFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final long contentLength;

  private HttpFailure(String message, Head head) {
    super(message);
    this.status = head.status();
    this.contentLength = head.contentLength();
  }

  /// The status of the answer whose head had arrived; 0 if none had.
  public int status() {
    return status;
  }

  /// The Content-Length of the answer whose head had arrived, as in [HttpAnswer]; 0 if none had.
  public long contentLength() {
    return contentLength;
  }

  /// What of an answer had arrived.
  record Head(int status, long contentLength) {
    static final Head NONE = new Head(0, 0);
  }

  /// The step of a call at which the time ran out.
  public enum Phase {
    LEASE("waiting for a free connection to"),
    LOOKUP("looking up the name of"),
    CONNECT("connecting to"),
    HANDSHAKE("in the TLS handshake with"),
    HEADERS("waiting for the headers of"),
    BODY("reading the body of");

    private final String words;

    Phase(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /// The name has no address, or the lookup failed.
  public static final class UnknownHost extends HttpFailure {
    private static final long serialVersionUID = 1;

    UnknownHost(String message) {
      super(message, Head.NONE);
    }
  }

  /// No connection: refused, unreachable, or not opened by the proxy.
  public static final class ConnectFailed extends HttpFailure {
    private static final long serialVersionUID = 1;

    ConnectFailed(String message) {
      super(message, Head.NONE);
    }
  }

  /// No trust: an expired, foreign or unknown certificate, or no common TLS version.
  public static final class TlsFailed extends HttpFailure {
    private static final long serialVersionUID = 1;

    TlsFailed(String message) {
      super(message, Head.NONE);
    }
  }

  /// The deadline passed.
  public static final class TimedOut extends HttpFailure {
    private static final long serialVersionUID = 1;

    private final Phase phase;

    TimedOut(String message, Phase phase, Head head) {
      super(message, head);
      this.phase = phase;
    }

    public Phase phase() {
      return phase;
    }
  }

  /// The caller no longer waits.
  public static final class Cancelled extends HttpFailure {
    private static final long serialVersionUID = 1;

    Cancelled(String message, Head head) {
      super(message, head);
    }
  }

  /// The connection was closed or reset before the answer was whole.
  public static final class BrokenOff extends HttpFailure {
    private static final long serialVersionUID = 1;

    BrokenOff(String message, Head head) {
      super(message, head);
    }
  }

  /// The answer is no HTTP: a malformed head, length or chunk, or a body that is not in its coding.
  public static final class NotHttp extends HttpFailure {
    private static final long serialVersionUID = 1;

    NotHttp(String message, Head head) {
      super(message, head);
    }
  }

  /// The body, decompressed, is longer than the limit, or than what other calls' bodies leave of
  /// the budget of all.
  public static final class TooLarge extends HttpFailure {
    private static final long serialVersionUID = 1;

    TooLarge(String message, Head head) {
      super(message, head);
    }
  }

  /// The answer redirects to another origin, in a loop, or nowhere; it is not followed.
  public static final class RedirectRefused extends HttpFailure {
    private static final long serialVersionUID = 1;

    RedirectRefused(String message, Head head) {
      super(message, head);
    }
  }
}
