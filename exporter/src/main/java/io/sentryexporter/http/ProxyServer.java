package io.sentryexporter.http;

import io.sentryexporter.text.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// A proxy, and what is shown to it as Proxy-Authorization.
record ProxyServer(Origin origin, @Nullable Secret authorization) {
  /// From the URL of a proxy, `http://[user:password@]host:port` or the same with `https`.
  ///
  /// @throws IllegalArgumentException if this is not an http or https URL
  static ProxyServer of(URI uri) {
    var userInfo = Origin.userInfo(uri);
    return new ProxyServer(
        Origin.of(uri), userInfo == null ? null : BasicAuthorization.of(userInfo));
  }
}
