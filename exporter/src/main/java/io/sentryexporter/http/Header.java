package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.wire.HttpSyntax;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// A header of a request. Its value is never shown, because most carry a token.
public record Header(String name, Secret value) {
  static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

  /// @throws IllegalArgumentException if HTTP forbids the name or the value; the text names the
  ///   rule and does not show the value
  public Header {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a header name; use letters, digits and hyphens");
    }
    if (!isValue(value.reveal())) {
      throw new IllegalArgumentException(
          "the value of header " + name + " has a line break or another control character");
    }
  }

  /// The value of basic authorization for `user:password` as it stands, percent-encoded, in a URL.
  public static Secret basicAuthorization(String userInfo) {
    var colon = userInfo.indexOf(':');
    var user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    var password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
    var credentials = (user + ":" + password).getBytes(UTF_8);
    return new Secret("Basic " + Base64.getEncoder().encodeToString(credentials));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8); // a plus is no space here
  }

  /// Hides what these headers carry, wherever an answer brings it back: in a content type, or in
  /// the host of a redirect.
  public static SecretRedactor redactor(List<Header> headers) {
    return SecretRedactor.ofHeaders(headers.stream().flatMap(Header::secrets).toList());
  }

  /// The value, and without their scheme the credentials of `Bearer …`.
  private Stream<Secret> secrets() {
    var space = value.reveal().indexOf(' ');
    return (is("Authorization") || is(PROXY_AUTHORIZATION)) && space > 0
        ? Stream.of(value, new Secret(value.reveal().substring(space + 1).strip()))
        : Stream.of(value);
  }

  /// Whether HTTP allows a name.
  public static boolean isName(String text) {
    return HttpSyntax.isToken(text);
  }

  /// Whether HTTP allows a value: it forbids line breaks and other control characters.
  public static boolean isValue(String text) {
    return text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t');
  }

  /// Whether it usually carries credentials.
  public boolean saysWhoAsks() {
    return is("Authorization") || is("Cookie");
  }

  /// Whether it describes a body; such headers are not sent, because requests have no body.
  public boolean isOfBody() {
    return is("Content-Length") || is("Transfer-Encoding") || is("Trailer");
  }

  /// Whether it has this name, in any case.
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
