package io.sentryexporter.http;

import io.sentryexporter.text.Secret;
import io.sentryexporter.tls.TlsSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which requests go through a proxy, by the rules of Go's net/http.
///
/// @param http for http URLs; null for none
/// @param https for https URLs; null for none
/// @param loopback of requests to localhost and loopback addresses
/// @param exceptions that go without a proxy
public record ProxyRules(
    @Nullable Server http, @Nullable Server https, Loopback loopback, List<NoProxy> exceptions) {
  public static final ProxyRules NONE = new ProxyRules(null, null, Loopback.DIRECT, List.of());

  public ProxyRules {
    exceptions = List.copyOf(exceptions);
  }

  /// Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and for what the first two do not name ALL_PROXY;
  /// the lower-case names count where these are unset.
  ///
  /// @throws ProxyException if a proxy's URL cannot be used
  public static ProxyRules fromEnvironment(Map<String, String> environment) throws ProxyException {
    return new ProxyRules(
        server(environment, "HTTP_PROXY"),
        server(environment, "HTTPS_PROXY"),
        Loopback.DIRECT,
        exceptions(variable(environment, "NO_PROXY")));
  }

  /// One proxy for all requests but those to hosts in `noProxy`, a list like that of NO_PROXY.
  /// Without such a list even localhost is requested through the proxy.
  ///
  /// @param proxy `http://[user:password@]host:port` or the same with `https`
  /// @throws IllegalArgumentException if this is no such URL; the text does not show it
  public static ProxyRules of(URI proxy, String noProxy) {
    var server = Server.of(proxy);
    var loopback = noProxy.isBlank() ? Loopback.THROUGH_PROXY : Loopback.DIRECT;
    return new ProxyRules(server, server, loopback, exceptions(noProxy));
  }

  /// How localhost and loopback addresses are requested.
  public enum Loopback {
    DIRECT,
    THROUGH_PROXY
  }

  /// The way of a request to `origin`.
  Route routeTo(Origin origin) {
    var server = origin.isTls() ? https : http;
    var proxy = server == null || isDirect(origin) ? null : server;
    return new Route(origin, proxy, List.of(), null);
  }

  /// What is shown to these proxies.
  List<Header> credentials() {
    return Stream.of(http, https)
        .filter(server -> server != null && server.authorization() != null)
        .map(server -> new Header(Header.PROXY_AUTHORIZATION, server.authorization()))
        .toList();
  }

  private boolean isDirect(Origin origin) {
    var address = Origin.address(origin.host());
    var isLoopback =
        origin.host().equals("localhost") || (address != null && address.isLoopbackAddress());
    return (isLoopback && loopback == Loopback.DIRECT)
        || exceptions.stream().anyMatch(e -> e.covers(origin.host(), address, origin.port()));
  }

  private static String variable(Map<String, String> environment, String name) {
    var value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  private static @Nullable Server server(Map<String, String> environment, String ownName)
      throws ProxyException {
    for (var name : List.of(ownName, "ALL_PROXY")) {
      var text = variable(environment, name).strip();
      if (!text.isEmpty()) {
        try {
          return Server.of(URI.create(text.contains("://") ? text : "http://" + text));
        } catch (IllegalArgumentException _) { // its text may quote the password
          throw new ProxyException(name);
        }
      }
    }
    return null;
  }

  private static List<NoProxy> exceptions(String list) {
    var exceptions = new ArrayList<NoProxy>();
    for (var entry : list.split(",", -1)) {
      var text = entry.strip().toLowerCase(Locale.ROOT);
      if (!text.isEmpty()) {
        exceptions.add(NoProxy.parse(text));
      }
    }
    return exceptions;
  }

  /// A proxy, and what is shown to it as Proxy-Authorization.
  record Server(Origin origin, @Nullable Secret authorization) {
    /// From the URL of a proxy, `http://[user:password@]host:port` or the same with `https`.
    ///
    /// @throws IllegalArgumentException if this is not an http or https URL
    static Server of(URI uri) {
      var userInfo = Origin.userInfo(uri);
      return new Server(
          Origin.of(uri), userInfo == null ? null : Header.basicAuthorization(userInfo));
    }
  }

  /// A proxy named by the environment cannot be used. The text names the variable and how to write
  /// it, and shows neither user nor password.
  public static final class ProxyException extends Exception {
    private static final long serialVersionUID = 1L;

    ProxyException(String variable) {
      super(
          variable
              + " is not the URL of an HTTP proxy; write http://host:port or https://host:port;"
              + " SOCKS is not supported");
    }
  }

  /// The way to an origin: directly, or through a proxy, and how TLS is spoken on it. Connections
  /// are shared by route.
  ///
  /// @param connectHeaders for the proxy, with CONNECT
  /// @param tls null for that of the environment
  record Route(
      Origin origin,
      @Nullable Server proxy,
      List<Header> connectHeaders,
      @Nullable TlsSettings tls) {
    /// The same way with the settings of a client.
    Route with(ClientSettings client) {
      return new Route(origin, proxy, client.connectHeaders(), client.tls());
    }

    // Of a record's own equals and hashCode, each would load the class of TLS settings.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Route route
          && origin.equals(route.origin)
          && Objects.equals(proxy, route.proxy)
          && connectHeaders.equals(route.connectHeaders)
          && Objects.equals(tls, route.tls);
    }

    @Override
    public int hashCode() {
      return Objects.hash(origin, proxy, connectHeaders, tls);
    }

    /// Whom the socket is connected to.
    Origin firstHop() {
      return proxy == null ? origin : proxy.origin();
    }

    /// How a message names it.
    String shown() {
      return proxy == null
          ? origin.endpoint()
          : origin.endpoint() + " through the proxy " + proxy.origin();
    }

    /// The proxy that reads requests and forwards them, as it does for http; none for https, where
    /// it only passes bytes.
    @Nullable Server forwarder() {
      return origin.isTls() ? null : proxy;
    }
  }
}
