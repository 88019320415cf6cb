package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sentryexporter.tls.ServerTls;
import io.sentryexporter.tls.ServerTls.ClientRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins TLS with the clients of a listener, and logs why it cannot.
final class TlsEntry {
  private static final Logger log = LoggerFactory.getLogger(TlsEntry.class);

  /// Reasons that are logged as warnings, each once. Clients cannot make more of them up.
  private static final int MOST_REASONS = 50;

  private static final List<String> HTTP = List.of("GET /", "HEAD ", "POST ", "PUT /", "OPTIO");
  private static final byte[] ANSWER_TO_HTTP =
      """
      HTTP/1.0 400 Bad Request\r
      Content-Type: text/plain; charset=utf-8\r
      Connection: close\r
      \r
      Client sent an HTTP request to an HTTPS server.
      """
          .getBytes(US_ASCII);

  /// A fatal alert, `internal_error`: what a client that waits for a handshake understands.
  static final byte[] ALERT = {21, 3, 1, 0, 2, 2, 80};

  private final Supplier<WebConfig> config;
  private final Set<String> logged = new HashSet<>();

  /// @param config what is in force now
  TlsEntry(Supplier<WebConfig> config) {
    this.config = config;
  }

  /// Waits for a client's first byte, then speaks TLS with it; null if it hangs up, or cannot: then
  /// it has been answered.
  ///
  /// @param onBegin runs at the first byte
  @Nullable SSLSocket enter(Socket plain, Runnable onBegin) throws IOException {
    var in = plain.getInputStream();
    int first = in.read();
    if (first < 0) {
      return null;
    }
    onBegin.run();
    var header = new byte[ServerTls.HEADER_BYTES];
    header[0] = (byte) first;
    int length = 1 + in.readNBytes(header, 1, header.length - 1);
    if (HTTP.contains(new String(header, US_ASCII))) {
      plain.getOutputStream().write(ANSWER_TO_HTTP);
      refused("HTTP without TLS", "", plain);
      return null;
    }
    try {
      var tls = Objects.requireNonNull(config.get().tls());
      return tls.handshake(plain, new ByteArrayInputStream(header, 0, length));
    } catch (SSLException e) {
      if (e.getCause() instanceof ClientRefused cause) {
        refused(String.valueOf(cause.getMessage()), cause.subject(), plain);
      } else {
        refused(String.valueOf(e.getMessage()), "", plain);
      }
      return null;
    }
  }

  /// Logs a reason as a warning when it is seen first: it may be a misconfigured client, or anyone.
  private void refused(String reason, String subject, Socket client) {
    boolean isNew;
    synchronized (logged) {
      isNew = logged.size() < MOST_REASONS && logged.add(reason);
    }
    var line = isNew ? log.atWarn() : log.atDebug();
    line.addKeyValue("client", client.getInetAddress().getHostAddress())
        .addKeyValue("reason", reason)
        .addKeyValue("certificate", subject)
        .log("TLS handshake failed");
  }
}
