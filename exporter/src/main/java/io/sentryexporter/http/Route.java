package io.sentryexporter.http;

import org.jspecify.annotations.Nullable;

/// The way to an origin: directly, or through a proxy. Connections are shared by route.
record Route(Origin origin, @Nullable ProxyServer proxy) {
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

  /// The proxy that reads requests and forwards them, as it does for http; none for https, where it
  /// only passes bytes.
  @Nullable ProxyServer forwarder() {
    return origin.isTls() ? null : proxy;
  }
}
