package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.text.Secret;
import java.net.URLDecoder;
import java.util.Base64;

/// Basic authorization from the user and password of a URL.
public final class BasicAuthorization {
  private BasicAuthorization() {}

  /// The header's value for `user:password` as it stands, percent-encoded, in a URL.
  public static Secret of(String userInfo) {
    var colon = userInfo.indexOf(':');
    var user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    var password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
    var credentials = (user + ":" + password).getBytes(UTF_8);
    return new Secret("Basic " + Base64.getEncoder().encodeToString(credentials));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8); // a plus is no space here
  }
}
