package io.sentryexporter.http;

import io.sentryexporter.text.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which requests go through a proxy, by the rules of Go's net/http.
///
/// Requests to localhost and loopback addresses are always direct.
public final class ProxyRules {
  public static final ProxyRules NONE = new ProxyRules(null, null, List.of());

  private final @Nullable Server http;
  private final @Nullable Server https;
  private final List<NoProxy> exceptions;

  private ProxyRules(@Nullable Server http, @Nullable Server https, List<NoProxy> exceptions) {
    this.http = http;
    this.https = https;
    this.exceptions = List.copyOf(exceptions);
  }

  /// Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY; the lower-case names count where these are unset.
  ///
  /// @throws ProxyException if a proxy's URL cannot be used
  public static ProxyRules fromEnvironment(Map<String, String> environment) throws ProxyException {
    return new ProxyRules(
        server(environment, "HTTP_PROXY"),
        server(environment, "HTTPS_PROXY"),
        exceptions(variable(environment, "NO_PROXY")));
  }

  /// The way of a request to `origin`.
  Route routeTo(Origin origin) {
    var server = origin.isTls() ? https : http;
    return new Route(origin, server == null || isDirect(origin) ? null : server);
  }

  private boolean isDirect(Origin origin) {
    var address = Origin.address(origin.host());
    return origin.host().equals("localhost")
        || (address != null && address.isLoopbackAddress())
        || exceptions.stream().anyMatch(e -> e.covers(origin.host(), address, origin.port()));
  }

  private static String variable(Map<String, String> environment, String name) {
    var value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  private static @Nullable Server server(Map<String, String> environment, String name)
      throws ProxyException {
    var text = variable(environment, name).strip();
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Server.of(URI.create(text.contains("://") ? text : "http://" + text));
    } catch (IllegalArgumentException _) { // its text may quote the password
      throw new ProxyException(name);
    }
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

  /// The way to an origin: directly, or through a proxy. Connections are shared by route.
  record Route(Origin origin, @Nullable Server proxy) {
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
