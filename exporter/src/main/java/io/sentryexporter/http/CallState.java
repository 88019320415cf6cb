package io.sentryexporter.http;

import io.sentryexporter.http.HttpFailure.BrokenOff;
import io.sentryexporter.http.HttpFailure.Cancelled;
import io.sentryexporter.http.HttpFailure.ConnectFailed;
import io.sentryexporter.http.HttpFailure.Head;
import io.sentryexporter.http.HttpFailure.NotHttp;
import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.http.HttpFailure.RedirectRefused;
import io.sentryexporter.http.HttpFailure.TimedOut;
import io.sentryexporter.http.HttpFailure.TlsFailed;
import io.sentryexporter.http.HttpFailure.TooLarge;
import io.sentryexporter.http.HttpFailure.UnknownHost;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.tls.Tls;
import io.sentryexporter.tls.TlsSettings;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;

/// Tracks the progress of one call, to interpret its errors.
///
/// Belongs to the thread that makes the call. Any error after the deadline has the deadline as its
/// cause: the socket was closed under the call.
final class CallState {
  /// Java's message for a server whose answer is not TLS.
  private static final String NOT_TLS = "Unsupported or unrecognized SSL message";

  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_]+)");

  private final Deadline deadline;
  private final @Nullable TlsSettings tls;
  private Origin with;
  private Phase phase = Phase.LEASE;
  private Head head = Head.NONE;
  private @Nullable Consumer<Phase> watcher;

  /// @param tls settings of the call, for messages; null for none of its own
  CallState(Origin origin, @Nullable TlsSettings tls, Deadline deadline) {
    this.with = origin;
    this.tls = tls;
    this.deadline = deadline;
  }

  Deadline deadline() {
    return deadline;
  }

  boolean isOver() {
    return deadline.state() != Deadline.State.OPEN;
  }

  /// A request of this call, the first or one after a redirect, goes to `origin`.
  void turnTo(Origin origin) {
    with = origin;
    head = Head.NONE;
  }

  void enter(Phase next) {
    phase = next;
    if (watcher != null) {
      watcher.accept(next);
    }
  }

  /// Reports each step from now on as it begins.
  void watch(Consumer<Phase> each) {
    watcher = each;
  }

  /// The head of an answer is there.
  void received(int status, long contentLength) {
    head = new Head(status, contentLength);
  }

  /// Throws the failure if the deadline has ended, for any reason.
  void check() throws HttpFailure {
    if (isOver()) {
      throw ended();
    }
  }

  /// The failure of a call whose deadline has ended.
  HttpFailure ended() {
    return switch (deadline.state()) {
      case EXPIRED -> new TimedOut("timed out " + phase + " " + with, phase, head);
      case CANCELLED, OPEN -> // open: the thread was interrupted
          new Cancelled("cancelled while " + phase + " " + with, head);
    };
  }

  HttpFailure unknownHost(Origin host) {
    return new UnknownHost(
        "cannot find the address of " + host.host() + "; is the name right, does DNS answer?");
  }

  HttpFailure connectFailed(String why) {
    return isOver() ? ended() : new ConnectFailed("cannot connect to " + why);
  }

  HttpFailure tlsFailed(IOException e, Origin server) {
    return isOver() ? ended() : new TlsFailed(server + ": " + tlsReason(e));
  }

  HttpFailure tooLarge(int limit) {
    return new TooLarge(with + " sent a body of more than " + limit + " bytes", head);
  }

  HttpFailure bodyBudgetUsedUp(int budget) {
    return new TooLarge(
        with
            + " sent a body for which there is no room: the bodies of all calls under way together"
            + " have used up their budget of "
            + budget
            + " bytes",
        head);
  }

  HttpFailure redirectRefused(String why) {
    return new RedirectRefused(with + " redirects " + why, head);
  }

  /// What it means that sending or receiving failed with `e`: an [IOException] or a
  /// [HttpException].
  HttpFailure brokenOff(Exception e) {
    if (isOver()) {
      return ended();
    }
    return switch (e) {
      case SSLException ssl -> new TlsFailed(with + ": " + tlsReason(ssl));
      case NoHttpResponseException _ -> closed("closed the connection without an answer");
      case TruncatedChunkException _, ConnectionClosedException _ ->
          closed("closed the connection before the end of the answer");
      case MalformedChunkCodingException _ -> notHttp("sent a broken chunk");
      case MessageConstraintException _ -> notHttp("sent a head that is too long");
      case EOFException _ -> notHttp("sent a compressed body that is cut short");
      case ZipException _ -> notHttp("sent a body that is not in the declared content coding");
      case StrictResponseParser.HeadLines.TlsRecord _ ->
          notHttp("answered with something that is not HTTP: it speaks TLS: write https://");
      case HttpException _ -> notHttp("answered with something that is not HTTP");
      default ->
          closed(
              phase == Phase.BODY
                  ? "reset the connection before the end of the answer"
                  : "reset the connection before it answered");
    };
  }

  private HttpFailure closed(String how) {
    return new BrokenOff(with + " " + how + status(), head);
  }

  /// @param what fixed words, since the library's own may quote what the server sent
  private HttpFailure notHttp(String what) {
    return new NotHttp(with + " " + what + status(), head);
  }

  /// What the answer seemed to be before it broke.
  private String status() {
    return head.status() == 0 ? "" : ", whose status was " + head.status();
  }

  private String tlsReason(IOException e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Tls.ServerTrust.Refused || cause instanceof Tls.Unusable) {
        return String.valueOf(cause.getMessage());
      }
    }
    if (e instanceof SSLException && NOT_TLS.equals(e.getMessage())) {
      return "it does not speak TLS: write http://";
    }
    if (!(e instanceof SSLException)) {
      return "the connection was closed in the TLS handshake; a server that wants a client"
          + " certificate, or another one, may do so: see tls_config.cert_file";
    }
    var message = String.valueOf(e.getMessage());
    var alert = ALERT.matcher(message);
    return "TLS handshake failed: " + (alert.find() ? advice(alert.group(1)) : message);
  }

  /// @param alert what the server has sent, in the words of RFC 8446
  private String advice(String alert) {
    var server = "the server (alert " + alert + ") ";
    return switch (alert) {
      case "protocol_version" ->
          server
              + "speaks none of the TLS versions 1.2 and 1.3"
              + (tls == null ? "; update it" : ", or none that tls_config allows");
      case "certificate_required",
          "bad_certificate",
          "unknown_ca",
          "certificate_unknown",
          "certificate_expired",
          "certificate_revoked",
          "unsupported_certificate",
          "access_denied" ->
          tls == null || tls.certificate() == null
              ? server + "wants a client certificate; write tls_config.cert_file and key_file"
              : server + "does not accept the certificate in tls_config.cert_file";
      case "handshake_failure" ->
          server
              + "has no cipher suite in common, or wants "
              + (tls == null || tls.certificate() == null ? "a" : "another")
              + " client certificate; see tls_config.cert_file and key_file";
      case "unrecognized_name" ->
          server
              + "does not know this name; write its own in the URL, or in tls_config.server_name";
      default -> server + "ended it";
    };
  }
}
