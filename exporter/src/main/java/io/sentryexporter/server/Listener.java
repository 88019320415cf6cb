package io.sentryexporter.server;

import io.sentryexporter.server.ListenAddress.ListenException;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens on one address and passes requests to a [Handler], one thread per connection.
///
/// It survives any client and any shortage of the system's resources. [Limits] bounds what a client
/// may take. When all connections are taken, the one that has been idle, sending its request or
/// reading its answer for longest makes room for a new one; when all requests are being handled,
/// the new one gets a 503.
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 1024; // the kernel lowers it to net.core.somaxconn
  private static final long TICK_MILLIS = 100;
  // For the thread of a connection that was closed to let go of its file.
  private static final long CLOSING_MILLIS = 5;
  // A stop connects to the listener, which ends this wait; it is the longest if that fails.
  private static final int ACCEPTING_MILLIS = 10_000;
  // After this without another connection, twice, a stop takes the backlog for empty: a thread that
  // waits for a processor may miss one. Under a load without such a pause a shorter one has to do.
  private static final int SILENCE_MILLIS = 50;
  private static final long LONGEST_WAIT_FOR_SILENCE_MILLIS = 3_000;
  private static final int SHORT_SILENCE_MILLIS = 5;
  // For answers to requests that were ended early.
  private static final Duration GIVING_UP = Duration.ofSeconds(1);
  // Each tick costs a tenth of a small probe, and most listeners have nothing to watch mostly.
  private static final long IDLE_TICK_MILLIS = 500;

  /// Size of the kernel's send buffer: unread bytes of an answer beyond it stay in the exporter's
  /// memory. The default would be megabytes for each connection.
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  private final ServerSocket server;
  private final InetSocketAddress localAddress;
  private final boolean ipv4Only;
  private final Limits limits;
  private final Handler handler;
  private final Executor threads;
  private final @Nullable TlsEntry tls;
  private final OpenConnections connections = new OpenConnections();
  private final Refusals refusals;
  private final CountDownLatch accepting = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean draining;

  private Listener(
      ServerSocket server,
      boolean ipv4Only,
      Limits limits,
      Handler handler,
      Executor threads,
      @Nullable TlsEntry tls,
      Refusals refusals) {
    this.server = server;
    this.localAddress = (InetSocketAddress) server.getLocalSocketAddress();
    this.ipv4Only = ipv4Only;
    this.limits = limits;
    this.handler = handler;
    this.threads = threads;
    this.tls = tls;
    this.refusals = refusals;
  }

  /// Starts listening; when this returns, clients can connect.
  ///
  /// @param threads must give each task a thread of its own at once, such as a cached pool: it runs
  ///   two tasks while the listener is open and one for each connection
  /// @param onRefused runs, and must not block, when a connection beyond the limit gets its 503
  /// @throws ListenException if the address is in use, not of this machine, unknown or not allowed
  public static Listener start(
      ListenAddress address, Limits limits, Handler handler, Executor threads, Runnable onRefused)
      throws ListenException {
    var refusals = new Refusals(Refusals.ANSWER, onRefused);
    return start(
        new Listener(bind(address), address.ipv4Only(), limits, handler, threads, null, refusals));
  }

  /// The same over TLS.
  ///
  /// @param config what is in force now, always with TLS; it is read for each connection
  public static Listener startTls(
      ListenAddress address,
      Supplier<WebConfig> config,
      Limits limits,
      Handler handler,
      Executor threads,
      Runnable onRefused)
      throws ListenException {
    var refusals = new Refusals(TlsEntry.ALERT, onRefused);
    return start(
        new Listener(
            bind(address),
            address.ipv4Only(),
            limits,
            handler,
            threads,
            new TlsEntry(config),
            refusals));
  }

  /// Starts on a socket that is bound already.
  static Listener start(
      ServerSocket server, boolean ipv4Only, Limits limits, Handler handler, Executor threads)
      throws ListenException {
    var refusals = new Refusals(Refusals.ANSWER, () -> {});
    return start(new Listener(server, ipv4Only, limits, handler, threads, null, refusals));
  }

  private static Listener start(Listener listener) throws ListenException {
    try {
      listener.server.setSoTimeout(ACCEPTING_MILLIS);
    } catch (SocketException e) {
      throw new ListenException("cannot listen: " + e.getMessage(), e);
    }
    var threads = listener.threads;
    threads.execute(listener::acceptAll);
    threads.execute(listener::watchAll);
    return listener;
  }

  /// The address that it listens on, with the actual port if 0 was configured.
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  /// Stops: every connected client is answered, with `ClientConnection: close`, then the socket
  /// closes.
  ///
  /// Connections between two requests end at once; those that have not sent one yet, within a
  /// second. Requests not done within `patience` are ended as if their client had hung up, and have
  /// a second to answer.
  ///
  /// @return whether all were done in time
  public boolean drain(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    draining = true;
    try {
      server.setSoTimeout(SILENCE_MILLIS);
      endWaitForAConnection();
      if (!accepting.await(LONGEST_WAIT_FOR_SILENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        server.setSoTimeout(SHORT_SILENCE_MILLIS);
        boolean _ = accepting.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      stopAccepting();
      connections.endBetweenRequests();
      if (connections.awaitNone(Duration.ofNanos(end - System.nanoTime()))) {
        return true;
      }
      connections.giveUpAll();
      return connections.awaitNone(GIVING_UP);
    } catch (SocketException e) {
      log.atWarn().setCause(e).log("listening socket lost");
      return false;
    } finally {
      close();
    }
  }

  private void endWaitForAConnection() {
    try (var waking = new Socket()) {
      var address = localAddress.getAddress();
      waking.connect(
          address.isAnyLocalAddress()
              ? new InetSocketAddress(InetAddress.getLoopbackAddress(), localAddress.getPort())
              : localAddress,
          SILENCE_MILLIS);
    } catch (IOException e) {
      log.atDebug().setCause(e).log("cannot connect to the exporter itself");
    }
  }

  /// Stops without patience.
  @Override
  public void close() {
    stopAccepting();
    connections.abortAll();
    refusals.closeAll();
    stopped.countDown();
  }

  private void stopAccepting() {
    draining = true;
    try {
      server.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("listening socket not closed");
    }
  }

  private static ServerSocket bind(ListenAddress address) throws ListenException {
    try {
      return new ServerSocket(address.port(), BACKLOG, address.resolve());
    } catch (IOException e) {
      throw new ListenException("cannot listen on " + address + ": " + reason(e), e);
    }
  }

  private static String reason(IOException problem) {
    var text = Objects.requireNonNullElse(problem.getMessage(), "").toLowerCase(Locale.ROOT);
    if (problem instanceof UnknownHostException) {
      return "no such host; write an address or a name of this machine";
    }
    if (problem instanceof BindException && text.contains("already in use")) {
      return "address already in use; is another sentry_exporter running? choose another with"
          + " --web.listen-address";
    }
    if (problem instanceof BindException && text.contains("cannot assign")) {
      return "not an address of this machine; write :9412 to listen on all of them";
    }
    if (text.contains("permission denied")) {
      return "permission denied; ports below 1024 need a privilege, choose another with"
          + " --web.listen-address";
    }
    return text;
  }

  private void acceptAll() {
    try {
      var state = new AcceptingLog(log, localAddress.getPort(), System.nanoTime());
      while (!draining) {
        acceptOne(state);
      }
      int silences = 0;
      while (silences < 2) { // a socket that closes resets what is in its backlog
        silences = acceptOne(state) ? 0 : silences + 1;
      }
    } finally {
      stopAccepting();
      accepting.countDown();
    }
  }

  /// False if no connection has come within the socket's timeout.
  private boolean acceptOne(AcceptingLog state) {
    try {
      var socket = server.accept();
      state.accepted(System.nanoTime());
      admit(socket);
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException e) {
      if (server.isClosed()) {
        return false; // closed by the exporter itself
      }
      state.failed(String.valueOf(e.getMessage()), System.nanoTime());
      pause(makeRoom() ? CLOSING_MILLIS : TICK_MILLIS); // mostly files have run out: that frees one
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("connection not admitted");
    }
    return true;
  }

  /// Closes a connection that does not need its place; while stopping, none that may be answered.
  private boolean makeRoom() {
    return draining ? connections.closeIdlest() : connections.closeSlowest();
  }

  private void admit(Socket socket) throws IOException {
    if (ipv4Only && socket.getInetAddress() instanceof Inet6Address) {
      socket.close();
      return;
    }
    socket.setTcpNoDelay(true);
    socket.setSendBufferSize(SEND_BUFFER_BYTES);
    if (connections.size() >= limits.maxConnections() && !makeRoom()) {
      refusals.refuse(socket);
      return;
    }
    var connection = new ClientConnection(socket, limits, handler, () -> draining, tls);
    connections.add(connection);
    try {
      threads.execute(() -> serve(connection));
    } catch (RejectedExecutionException | OutOfMemoryError e) { // no thread to be had
      log.atWarn().addKeyValue("reason", e.getMessage()).log("no thread for a connection");
      connections.remove(connection);
      refusals.refuse(socket);
    }
  }

  private void serve(ClientConnection connection) {
    try {
      connection.run();
    } finally {
      connections.remove(connection);
    }
  }

  private void watchAll() {
    boolean busy = false;
    while (stopped.getCount() > 0) {
      pause(busy ? TICK_MILLIS : IDLE_TICK_MILLIS);
      busy = connections.watch();
      refusals.closeOld();
    }
  }

  /// Waits so long, or until the listener is closed.
  private void pause(long millis) {
    try {
      stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      close(); // threads are interrupted only to shut them down
    }
  }

  /// Logs when a listener can no longer accept connections and when it can again: each at most once
  /// a minute, since the two may alternate quickly while files run out.
  static final class AcceptingLog {
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final int port;
    private boolean failing; // as last logged
    private long nextFailing;
    private long nextAccepting;

    /// @param now on the scale of `System.nanoTime()`, as for the other methods
    AcceptingLog(Logger log, int port, long now) {
      this.log = log;
      this.port = port;
      this.nextFailing = now;
      this.nextAccepting = now;
    }

    void failed(String reason, long now) {
      if (!failing && now - nextFailing >= 0) {
        failing = true;
        nextFailing = now + PAUSE;
        log.atWarn()
            .addKeyValue("port", port)
            .addKeyValue("reason", reason)
            .log("cannot accept connections");
      }
    }

    void accepted(long now) {
      if (failing && now - nextAccepting >= 0) {
        failing = false;
        nextAccepting = now + PAUSE;
        log.atInfo().addKeyValue("port", port).log("accepting connections again");
      }
    }
  }

  /// Answers one request. Called on the connection's own thread, so it may block.
  @FunctionalInterface
  public interface Handler {
    /// Returns the answer to `request`. An exception is a bug in the exporter: the client gets 500
    /// without details.
    ///
    /// @throws InterruptedException if the thread is interrupted: the connection is closed without
    ///   an answer
    Response handle(Request request) throws InterruptedException;
  }

  /// The limits of one listener for its clients.
  ///
  /// @param maxConnections open at once; each costs a thread and about 16 KiB, 50 with TLS
  /// @param maxHeaderBytes request line and headers together
  /// @param maxHeaders header lines of one request
  /// @param maxBodyBytes of one request; they are read and thrown away
  public record Limits(
      int maxConnections, int maxHeaderBytes, int maxHeaders, int maxBodyBytes, Timeouts timeouts) {

    public static final Limits STANDARD =
        new Limits(512, 16 << 10, 100, 64 << 10, Timeouts.STANDARD);

    private static final int SPARE = 64;
    private static final int MOST_PROBES = Integer.MAX_VALUE - SPARE;

    public Limits {
      if (maxConnections < 1 || maxHeaderBytes < 1 || maxHeaders < 1 || maxBodyBytes < 0) {
        throw new IllegalArgumentException("limits must be positive");
      }
    }

    /// The standard limits, with enough connections that probes at their limit leave some for
    /// everything else.
    ///
    /// @param maxProbes maximum number of concurrent probes, 0 for no limit
    public static Limits forProbes(int maxProbes) {
      int connections = Math.max(STANDARD.maxConnections, Math.min(maxProbes, MOST_PROBES) + SPARE);
      return new Limits(
          connections,
          STANDARD.maxHeaderBytes,
          STANDARD.maxHeaders,
          STANDARD.maxBodyBytes,
          STANDARD.timeouts);
    }

    /// These limits with at most this number of connections.
    public Limits atMost(int connections) {
      return new Limits(
          Math.min(maxConnections, connections),
          maxHeaderBytes,
          maxHeaders,
          maxBodyBytes,
          timeouts);
    }

    /// Maximum duration of each step as a whole, however slowly the bytes arrive. Slower clients
    /// are cut off.
    ///
    /// @param idle from the connection's start or its last answer to the first byte of a request
    /// @param header from the first byte of a request to the last of its headers
    /// @param body from the last header to the last byte of the body
    /// @param write from the first byte of the answer to its last
    public record Timeouts(Duration idle, Duration header, Duration body, Duration write) {
      public static final Timeouts STANDARD =
          new Timeouts(
              Duration.ofSeconds(120),
              Duration.ofSeconds(10),
              Duration.ofSeconds(10),
              Duration.ofSeconds(30));
    }
  }
}
