package io.sentryexporter.http;

import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.http.ProxyRules.Route;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.tls.Tls;
import io.sentryexporter.tls.TlsSettings;
import io.sentryexporter.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/// Opens connections: name lookup, TCP, the proxy's tunnel, TLS.
///
/// Each step ends at once when the deadline does, since that closes the socket.
final class Connector {
  /// For one address of several; a host that is there answers within a fraction of it.
  private static final Duration ADDRESS_TIMEOUT = Duration.ofSeconds(3);

  /// As long as the system keeps a looked-up address.
  private static final Duration SILENT_FOR = Duration.ofSeconds(30);

  private static final int MOST_TLS = 1_000;

  private final NameLookup names;
  private final Trust trust;
  private final String userAgent;
  private final TimeSource time;

  /// By the settings of routes, null for those of the environment; made at their first handshake.
  private final Map<@Nullable TlsSettings, Tls> tls = new HashMap<>();

  /// Addresses that lately did not answer, and when: they are tried last.
  private final Map<InetSocketAddress, Long> silentSince = new ConcurrentHashMap<>();

  Connector(NameLookup names, Trust trust, String userAgent, TimeSource time) {
    this.names = names;
    this.trust = trust;
    this.time = time;
    this.userAgent = userAgent;
  }

  UpstreamConnection connect(Route route, CallState call) throws HttpFailure {
    var socket = dial(route, call);
    var isOpen = false;
    try (var _ = call.deadline().onEnd(() -> close(socket))) {
      var connection = new UpstreamConnection(socket, stream(socket, route, call), time);
      isOpen = true;
      return connection;
    } catch (IOException e) {
      throw call.connectFailed(route.shown() + ": " + e.getMessage());
    } finally {
      if (!isOpen) {
        close(socket);
      }
    }
  }

  /// Opens a connection and closes it, to see how far it comes.
  ConnectionReport examine(Route route, CallState call) {
    var entered = new ArrayList<Phase>();
    var times = new ArrayList<Long>();
    call.watch(phase -> {
      entered.add(phase);
      times.add(time.nanoTime());
    });
    Socket socket = null;
    String address = "";
    ConnectionReport.Certificate certificate = null;
    HttpFailure failure = null;
    try {
      socket = dial(route, call);
      address = socket.getInetAddress().getHostAddress();
      certificate = certificate(socket, route, call);
    } catch (HttpFailure e) {
      failure = e;
    } finally {
      if (socket != null) {
        close(socket);
      }
    }
    times.add(time.nanoTime());
    var steps = new ArrayList<ConnectionReport.Step>();
    for (int i = 0; i < entered.size(); i++) {
      var took = Duration.ofNanos(times.get(i + 1) - times.get(i));
      steps.add(new ConnectionReport.Step(entered.get(i), took));
    }
    String proxy = route.proxy() == null ? null : route.proxy().origin().toString();
    return new ConnectionReport(proxy, steps, address, certificate, failure);
  }

  private ConnectionReport.@Nullable Certificate certificate(
      Socket socket, Route route, CallState call) throws HttpFailure {
    try (var _ = call.deadline().onEnd(() -> close(socket))) {
      if (stream(socket, route, call) instanceof SSLSocket tls
          && tls.getSession().getPeerCertificates()[0] instanceof X509Certificate leaf) {
        return ConnectionReport.Certificate.of(tls.getSession().getProtocol(), leaf);
      }
      return null;
    } catch (SSLPeerUnverifiedException e) {
      throw call.tlsFailed(e, route.origin());
    }
  }

  /// The stream for HTTP: the socket itself, or TLS over it.
  private Socket stream(Socket socket, Route route, CallState call) throws HttpFailure {
    var stream = socket;
    var proxy = route.proxy();
    if (proxy != null && proxy.origin().isTls()) {
      var settings = route.tls() == null ? null : route.tls().ofProxy();
      stream = handshake(stream, proxy.origin(), settings, call);
    }
    if (route.origin().isTls()) {
      if (proxy != null) {
        openTunnel(stream, proxy, route, call);
      }
      stream = handshake(stream, route.origin(), route.tls(), call);
    }
    return stream;
  }

  private Socket dial(Route route, CallState call) throws HttpFailure {
    var host = route.firstHop();
    var why = "";
    for (var address : silentLast(lookUp(host, call), host.port())) {
      call.enter(Phase.CONNECT);
      call.check();
      var socket = new Socket();
      try (var _ = call.deadline().onEnd(() -> close(socket))) {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(address, millis(call.deadline().remaining()));
        silentSince.remove(address);
        return socket;
      } catch (SocketTimeoutException _) {
        close(socket);
        silentSince.put(address, time.nanoTime());
        why = address.getAddress().getHostAddress() + " does not answer";
      } catch (IOException e) {
        close(socket);
        if (call.deadline().state() == Deadline.State.EXPIRED) {
          silentSince.put(address, time.nanoTime());
        }
        why =
            address.getAddress().getHostAddress()
                + ": "
                + lowerCase(String.valueOf(e.getMessage()));
      }
    }
    throw call.connectFailed(route.shown() + ": " + why);
  }

  /// In the order of the lookup, save that an address is not waited for at every call.
  private List<InetSocketAddress> silentLast(List<InetAddress> addresses, int port) {
    var now = time.nanoTime();
    silentSince.values().removeIf(since -> now - since > SILENT_FOR.toNanos());
    return addresses.stream()
        .map(address -> new InetSocketAddress(address, port))
        .sorted((one, other) ->
            Boolean.compare(silentSince.containsKey(one), silentSince.containsKey(other)))
        .toList();
  }

  private List<InetAddress> lookUp(Origin host, CallState call) throws HttpFailure {
    call.enter(Phase.LOOKUP);
    try {
      var addresses = names.addresses(host.host(), call.deadline());
      call.check();
      return addresses;
    } catch (UnknownHostException _) {
      throw call.unknownHost(host);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw call.ended();
    }
  }

  /// Requests a tunnel to the route's origin from the proxy.
  private void openTunnel(Socket stream, ProxyRules.Server proxy, Route route, CallState call)
      throws HttpFailure {
    var endpoint = route.origin().endpoint();
    var request = HttpGet.line("CONNECT", endpoint);
    request.addHeader("Host", endpoint);
    request.addHeader("User-Agent", userAgent);
    var authorization = proxy.authorization();
    if (authorization != null) {
      request.addHeader(Header.PROXY_AUTHORIZATION, authorization.reveal());
    }
    for (var header : route.connectHeaders()) {
      request.addHeader(header.name(), header.value().reveal());
    }
    var where = route.shown() + ": ";
    int status;
    try {
      status = new UpstreamConnection(stream, stream, time).send(request).getCode();
    } catch (SSLException e) { // after the handshake of TLS 1.3 the client may still be refused
      throw call.tlsFailed(e, proxy.origin());
    } catch (IOException | HttpException _) {
      throw call.connectFailed(where + "it broke off");
    }
    if (status / 100 != 2) {
      throw call.connectFailed(where + "it answered with HTTP " + status + advice(status, proxy));
    }
  }

  private static String advice(int status, ProxyRules.Server proxy) {
    if (status != 407) {
      return "";
    }
    return proxy.authorization() == null
        ? "; it wants a user and password: write them in proxy_url, http://user:password@host:port,"
            + " or in the variable HTTPS_PROXY"
        : "; it does not accept the user and password in proxy_url or HTTPS_PROXY";
  }

  private Socket handshake(
      Socket plain, Origin server, @Nullable TlsSettings settings, CallState call)
      throws HttpFailure {
    call.enter(Phase.HANDSHAKE);
    try {
      return tls(settings).handshake(plain, server.host(), server.port());
    } catch (IOException e) {
      throw call.tlsFailed(e, server);
    }
  }

  private synchronized Tls tls(@Nullable TlsSettings settings) {
    if (tls.size() > MOST_TLS) {
      tls.clear(); // settings are few: only reloads with ever new ones lead here
    }
    return tls.computeIfAbsent(settings, _ -> new Tls(trust, settings));
  }

  private static int millis(Duration remaining) {
    var limited = remaining.compareTo(ADDRESS_TIMEOUT) < 0 ? remaining : ADDRESS_TIMEOUT;
    return (int) limited.toMillis() + 1; // 0 would be unlimited
  }

  private static String lowerCase(String message) {
    return message.isEmpty()
        ? message
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // it is closed
    }
  }

  /// Addresses by name, waited for no longer than a deadline allows.
  ///
  /// A lookup in the JDK cannot be interrupted, so it happens on other threads: once per name
  /// however many calls wait for it. Who gives up leaves it running for the next one.
  static final class NameLookup {
    private final Resolver resolver;
    private final Executor threads;
    private final ConcurrentMap<String, Lookup> running = new ConcurrentHashMap<>();

    /// How names become addresses: [InetAddress#getAllByName], or a test's own idea of it.
    @FunctionalInterface
    interface Resolver {
      InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /// @param threads may refuse a lookup
    NameLookup(Resolver resolver, Executor threads) {
      this.resolver = resolver;
      this.threads = threads;
    }

    /// The addresses of `host`, at least one; an empty list if the deadline ended first.
    List<InetAddress> addresses(String host, Deadline deadline)
        throws UnknownHostException, InterruptedException {
      var literal = Origin.address(host);
      if (literal != null) {
        return List.of(literal);
      }
      var lookup = running.computeIfAbsent(host, Lookup::new);
      lookup.startOnce();
      return lookup.await(deadline);
    }

    /// The lookup of one name, from the first caller that needs it to its end.
    private final class Lookup implements Runnable {
      private final String host;
      private boolean isStarted;
      private @Nullable List<InetAddress> addresses;

      private Lookup(String host) {
        this.host = host;
      }

      private void startOnce() {
        synchronized (this) {
          if (isStarted) {
            return;
          }
          isStarted = true;
        }
        try {
          threads.execute(this);
        } catch (RejectedExecutionException | OutOfMemoryError _) {
          // No lookup ends, or no thread can be started. The next call for the name tries again.
          finish(List.of());
        }
      }

      @Override
      public void run() {
        var found = List.<InetAddress>of();
        try {
          found = List.of(resolver.resolve(host));
        } catch (UnknownHostException _) {
          // the empty list reports it
        } finally {
          finish(found);
        }
      }

      private void finish(List<InetAddress> found) {
        running.remove(host, this);
        synchronized (this) {
          addresses = found;
          notifyAll();
        }
      }

      private synchronized List<InetAddress> await(Deadline deadline)
          throws UnknownHostException, InterruptedException {
        boolean _ = deadline.await(this, () -> addresses != null);
        if (addresses != null && addresses.isEmpty()) {
          throw new UnknownHostException();
        }
        return addresses == null ? List.of() : addresses;
      }
    }
  }
}
