package io.sentryexporter.server;

import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Listener.Limits;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.wire.Headers;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: reads request after request on a thread of its own and answers them.
///
/// It waits without time limits. The listener's watcher reads the start time of the current
/// [Phase], and closes the socket of a client that takes too long. `phase` and what the watcher
/// reads are guarded by `this`; the connection's buffers belong to the connection's thread, except
/// while a request is being handled, when only the watcher may touch them.
final class ClientConnection implements Runnable, HttpServerRequestHandler {
  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
  // Requests shorter than this are not checked for a hang-up of their client.
  private static final Duration UNWATCHED = Duration.ofMillis(100);
  // For what a client sends without reading its last answer.
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Timeout AT_ONCE = Timeout.ofMilliseconds(1);
  // One small answer, header and all, fits: it leaves in one write.
  private static final int BUFFER_BYTES = 4096;

  private enum Phase {
    IDLE,
    HANDSHAKE,
    HEADER,
    BODY,
    HANDLING,
    WRITING,
    CLOSING,
    CLOSED
  }

  private final Socket socket;
  private final Limits limits;
  private final Handler handler;
  private final BooleanSupplier draining;
  private final @Nullable TlsEntry tls;
  private final HttpConnection http;
  private final HttpConnection.Service service;

  private Phase phase = Phase.IDLE;
  private boolean isFresh = true; // no request has begun
  private long phaseStart = System.nanoTime();
  private Cancellation hangUp = new Cancellation();

  /// How long the client may take to read the answer.
  private Duration writing = Duration.ZERO;

  /// @param tls null for HTTP without TLS
  ClientConnection(
      Socket socket,
      Limits limits,
      Handler handler,
      BooleanSupplier draining,
      @Nullable TlsEntry tls) {
    this.socket = socket;
    this.limits = limits;
    this.handler = handler;
    this.draining = draining;
    this.tls = tls;
    var config =
        Http1Config.custom()
            .setBufferSize(BUFFER_BYTES)
            .setMaxLineLength(limits.maxHeaderBytes())
            .setMaxHeaderCount(limits.maxHeaders() + 1) // HttpCore refuses the one that reaches it
            .build();
    var parser = new RequestParser(config, limits.maxHeaderBytes());
    this.http = new HttpConnection(config, parser, () -> enter(Phase.CLOSING));
    this.service = new HttpConnection.Service(this);
  }

  @Override
  public void run() {
    try (socket) {
      if (tls == null) {
        http.bind(socket);
      } else {
        bind(tls);
      }
      while (awaitRequest()) {
        service.handleRequest(http, HttpCoreContext.create());
        letOthersRun();
      }
      http.close();
    } catch (IOException | HttpException _) {
      // The client has hung up, or has received an error: there is nothing to report.
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("connection failed");
    } finally {
      enter(Phase.CLOSED);
    }
  }

  /// Else a client whose next request is there already keeps the processor for as long as the
  /// kernel allows, and others wait for many of its requests.
  @SuppressWarnings("ThreadPriorityCheck")
  private static void letOthersRun() {
    Thread.yield();
  }

  /// Begins TLS. A client with which that fails may read why before the connection closes.
  private void bind(TlsEntry entry) throws IOException {
    var secure = entry.enter(socket, () -> enter(Phase.HANDSHAKE));
    if (secure != null) {
      http.bind(secure, socket);
    } else if (enter(Phase.CLOSING)) {
      socket.shutdownOutput();
      HttpConnection.discard(socket);
    }
  }

  /// Waits for the next request. When the listener stops, a connection's first request is still
  /// awaited, and a further one only if it has arrived already.
  private boolean awaitRequest() throws IOException {
    boolean isLast = draining.getAsBoolean() && !isFresh();
    return enter(Phase.IDLE)
        && http.isOpen()
        && http.isDataAvailable(isLast ? AT_ONCE : Timeout.DISABLED)
        && enter(Phase.HEADER);
  }

  private synchronized boolean isFresh() {
    return isFresh;
  }

  /// Begins `next`, unless the connection is being closed.
  private synchronized boolean enter(Phase next) {
    if (phase == Phase.CLOSED || (phase == Phase.CLOSING && next != Phase.CLOSED)) {
      return false;
    }
    isFresh &= next == Phase.IDLE || next == Phase.HANDSHAKE;
    if (phase != next) {
      phase = next;
      phaseStart = System.nanoTime();
    }
    return true;
  }

  @Override
  public void handle(ClassicHttpRequest message, ResponseTrigger trigger, HttpContext context)
      throws HttpException, IOException {
    var target = Request.Target.parse(message.getPath());
    enter(Phase.BODY);
    HttpConnection.discardBody(message, trigger, limits.maxBodyBytes());
    var actions = startHandling();
    var response = answer(request(message, target, actions), actions);
    try {
      if (startWriting(response.readTime())) {
        trigger.submitResponse(toMessage(response, message));
      }
    } finally {
      response.onEnd().run();
    }
  }

  private synchronized boolean startWriting(@Nullable Duration time) {
    Duration most = limits.timeouts().write();
    writing = time == null || time.compareTo(most) > 0 ? most : time;
    return enter(Phase.WRITING);
  }

  private Request request(ClassicHttpRequest message, Request.Target target, Cancellation hangUp) {
    var headers = new ArrayList<Map.Entry<String, String>>();
    for (var fields = message.headerIterator(); fields.hasNext(); ) {
      var field = fields.next();
      boolean isReplaced =
          target.authority() != null && field.getName().equalsIgnoreCase(HttpHeaders.HOST);
      String value = isReplaced ? target.authority() : field.getValue(); // RFC 9112, 3.2.2
      headers.add(Map.entry(field.getName(), Objects.requireNonNullElse(value, "")));
    }
    return new Request(
        message.getMethod(), target.path(), target.query(), Headers.of(headers), hangUp);
  }

  private synchronized Cancellation startHandling() throws ConnectionClosedException {
    if (!enter(Phase.HANDLING)) { // the handler would miss that its client hung up
      throw new ConnectionClosedException("closed before its request was handled");
    }
    hangUp = new Cancellation();
    return hangUp;
  }

  private Response answer(Request request, Cancellation hangUp) throws IOException {
    try {
      return handler.handle(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (RuntimeException | Error e) {
      log.atError()
          .addKeyValue("method", request.method())
          .addKeyValue("path", request.path())
          .setCause(e)
          .log("request failed");
      return Response.text(500, "internal error\n");
    } finally {
      hangUp.end();
    }
  }

  private static HttpEntity entity(Response response) throws IOException {
    return response.unpacked() < 0 && response.parts().size() == 1
        ? new ByteArrayEntity(response.parts().getFirst(), null)
        : new InputStreamEntity(response.content(), response.length(), null);
  }

  private ClassicHttpResponse toMessage(Response response, ClassicHttpRequest request)
      throws IOException {
    var message = new BasicClassicHttpResponse(response.status());
    response.headers().forEach(header -> message.addHeader(header.name(), header.value()));
    if (response.length() > 0) {
      message.setEntity(entity(response));
    }
    boolean old =
        request.getVersion() != null && request.getVersion().lessEquals(HttpVersion.HTTP_1_0);
    if (draining.getAsBoolean()
        || asks(request, "close")
        || (old && !asks(request, "keep-alive"))) {
      message.setHeader(HttpHeaders.CONNECTION, "close");
    } else if (old) {
      message.setHeader(HttpHeaders.CONNECTION, "keep-alive");
    }
    return message;
  }

  private static boolean asks(ClassicHttpRequest request, String option) {
    for (var tokens = MessageSupport.iterateTokens(request, HttpHeaders.CONNECTION);
        tokens.hasNext(); ) {
      if (tokens.next().toLowerCase(Locale.ROOT).equals(option)) {
        return true;
      }
    }
    return false;
  }

  /// How long the connection has been idle until `now`, in nanoseconds; -1 if it is not.
  synchronized long idleNanos(long now) {
    return phase == Phase.IDLE ? Math.max(0, now - phaseStart) : -1;
  }

  /// How long the connection has been at its step until `now`, in nanoseconds; -1 if a request is
  /// being handled, or it is closed: such a connection does not make room.
  synchronized long stepNanos(long now) {
    return mayMakeRoom() ? Math.max(0, now - phaseStart) : -1;
  }

  /// Closes the connection unless a request has arrived, is being handled, or it is closed.
  synchronized boolean closeUnlessHandling() {
    if (!mayMakeRoom() || (phase == Phase.IDLE && hasInput())) {
      return false;
    }
    closeSocket();
    return true;
  }

  private boolean mayMakeRoom() {
    return phase != Phase.HANDLING && phase != Phase.CLOSED;
  }

  /// Closes the connection if no request has come, is being handled or answered.
  synchronized boolean closeIfIdle() {
    if (phase != Phase.IDLE || hasInput()) {
      return false;
    }
    closeSocket();
    return true;
  }

  /// Ends a connection between two requests, so that its client knows that no further request is
  /// answered: a request on its way then meets an end, not a reset.
  void endIfBetweenRequests() {
    synchronized (this) {
      if (phase != Phase.IDLE || isFresh || hasInput()) {
        return;
      }
      enter(Phase.CLOSING);
    }
    try {
      http.endOutput(); // over TLS it may block, until the watcher closes the socket
    } catch (IOException _) {
      abort();
    }
  }

  /// Whether a request has arrived that the connection's thread has not seen yet.
  private boolean hasInput() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// Ends the handling of a request as if its client had hung up, but the answer will be sent.
  void giveUp() {
    Cancellation actions;
    synchronized (this) {
      actions = hangUp;
    }
    actions.cancel();
  }

  /// Closes the connection at any step. A request being handled sees this as a hang-up.
  void abort() {
    Cancellation actions;
    synchronized (this) {
      closeSocket();
      actions = hangUp;
    }
    actions.cancel();
  }

  /// Closes the connection if its step takes too long; notifies the handler if the client hung up.
  ///
  /// @return whether a request is being read, handled or answered
  boolean watch(long now) {
    Cancellation actions;
    synchronized (this) {
      if (phase != Phase.HANDLING) {
        if (isOverdue(now) && !(phase == Phase.IDLE && hasInput())) {
          closeSocket();
        }
        return phase != Phase.IDLE && phase != Phase.CLOSED;
      }
      if (now - phaseStart < UNWATCHED.toNanos() || !isHungUp()) {
        return true;
      }
      actions = hangUp;
    }
    actions.cancel();
    return true;
  }

  private boolean isOverdue(long now) {
    var timeouts = limits.timeouts();
    var allowed =
        switch (phase) {
          case IDLE -> draining.getAsBoolean() ? LINGER : timeouts.idle();
          case HANDSHAKE, HEADER -> timeouts.header();
          case BODY -> timeouts.body();
          case WRITING -> writing;
          case CLOSING -> LINGER;
          case HANDLING, CLOSED -> Duration.ofNanos(Long.MAX_VALUE);
        };
    return now - phaseStart > allowed.toNanos();
  }

  /// Looks for the end of the stream by reading what there is into the buffer, where a pipelined
  /// request is found again.
  private boolean isHungUp() {
    try {
      return http.isStale();
    } catch (IOException _) {
      return true;
    }
  }

  /// Closes the socket under TLS too: TLS might wait for the client.
  private void closeSocket() {
    phase = Phase.CLOSED;
    try {
      socket.close();
    } catch (IOException _) {
      // It is not used any more.
    }
  }
}
