package io.sentryexporter.simulator.server;

import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.message.Answer;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Accepts connections and runs each on a thread of its own.
///
/// On raw sockets, because no HTTP server would send what the faults need: wrong lengths, half a
/// body, a reset, nothing at all.
public final class Listener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Listener.class.getName());
  private static final int MAX_CONNECTIONS = 256;
  private static final int BACKLOG = 1_024;
  private static final int IDLE_MILLIS = 60_000;
  private static final int STOP_SECONDS = 5;

  private final ServerSocket server;
  private final @Nullable SSLContext tls;
  private final RequestLog log;

  /// Connections beyond wait in the backlog, unaccepted.
  private final Semaphore places = new Semaphore(MAX_CONNECTIONS);

  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("simulated-sentry-", 0).daemon().factory());

  /// Takes the port; connections are answered from [#start] on.
  public Listener(InetSocketAddress address, @Nullable SSLContext tls, RequestLog log)
      throws IOException {
    this.server = new ServerSocket();
    this.tls = tls;
    this.log = log;
    try {
      server.setReuseAddress(true); // a test stops Sentry and starts it again on the same port
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  public void start(Exchange exchange) {
    threads.execute(() -> accept(exchange));
  }

  private void accept(Exchange exchange) {
    try {
      while (!server.isClosed()) {
        places.acquire();
        var raw = server.accept();
        open.add(raw);
        log.opened();
        threads.execute(() -> run(raw, exchange));
      }
    } catch (RejectedExecutionException _) {
      open.forEach(Listener::closeQuietly); // closed since this connection came
    } catch (IOException e) {
      if (!server.isClosed()) {
        LOG.log(Level.ERROR, "simulated sentry accepts no more connections", e);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void run(Socket raw, Exchange exchange) {
    try (raw) {
      raw.setTcpNoDelay(true);
      raw.setSoTimeout(IDLE_MILLIS);
      serve(raw, exchange);
    } catch (SocketTimeoutException _) {
      LOG.log(Level.DEBUG, "idle connection closed");
    } catch (IOException e) {
      if (!server.isClosed()) {
        LOG.log(Level.DEBUG, "connection ended: {0}", e);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "simulated sentry failed a request", e);
    } finally {
      open.remove(raw);
      log.closed();
      places.release();
    }
  }

  private void serve(Socket raw, Exchange exchange) throws IOException, InterruptedException {
    var wire = new Wire(raw, tls == null ? raw : overTls(raw, tls), stopped);
    var requests = new RequestReader(wire.in());
    try {
      for (var request = requests.next(); request != null; request = requests.next()) {
        if (!exchange.serve(request, wire)) {
          return;
        }
      }
    } catch (ProtocolException e) {
      var answer = Answer.of(400, "text/plain", "simulated sentry: " + e.getMessage() + "\n");
      wire.write(answer.whole("Connection: close\r\n", true));
    }
  }

  private static Socket overTls(Socket raw, SSLContext tls) throws IOException {
    var socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
    socket.setUseClientMode(false);
    return socket;
  }

  /// Ends everything at once and frees the port.
  @Override
  public void close() {
    stopped.countDown();
    closeQuietly(server);
    threads.shutdownNow();
    open.forEach(Listener::closeQuietly);
    try {
      if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.ERROR, "simulated sentry left connections open");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing failed: {0}", e);
    }
  }
}
