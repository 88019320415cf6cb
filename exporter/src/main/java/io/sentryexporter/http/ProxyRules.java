package io.sentryexporter.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which requests go through a proxy, by the rules of Go's net/http.
///
/// Requests to localhost and loopback addresses are always direct.
public final class ProxyRules {
  public static final ProxyRules NONE = new ProxyRules(null, null, List.of());

  private final @Nullable ProxyServer http;
  private final @Nullable ProxyServer https;
  private final List<NoProxy> exceptions;

  private ProxyRules(
      @Nullable ProxyServer http, @Nullable ProxyServer https, List<NoProxy> exceptions) {
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

  /// The proxy for a request to `origin`; none if the request is direct.
  Optional<ProxyServer> proxyFor(Origin origin) {
    var server = origin.isTls() ? https : http;
    return server == null || isDirect(origin) ? Optional.empty() : Optional.of(server);
  }

  private boolean isDirect(Origin origin) {
    var address = NoProxy.literal(origin.host());
    return origin.host().equals("localhost")
        || (address != null && address.isLoopbackAddress())
        || exceptions.stream().anyMatch(e -> e.covers(origin.host(), address, origin.port()));
  }

  private static String variable(Map<String, String> environment, String name) {
    var value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  private static @Nullable ProxyServer server(Map<String, String> environment, String name)
      throws ProxyException {
    var text = variable(environment, name).strip();
    if (text.isEmpty()) {
      return null;
    }
    try {
      return ProxyServer.of(URI.create(text.contains("://") ? text : "http://" + text));
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
}
