package io.sentryexporter.http;

import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/// A redirect, and whether it is followed.
///
/// Redirects are followed only to the same origin, or from http to https on the same host with the
/// usual ports: the request's headers must not go anywhere else.
///
/// @param location of the Location header, as it came
record Redirect(URI from, String location) {
  private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

  /// The redirect that an answer to `from` is, if it is one.
  static Optional<Redirect> in(HttpAnswer answer, URI from) {
    return isOne(answer.status(), answer.headers())
        ? answer.headers().first("Location").map(location -> new Redirect(from, location))
        : Optional.empty();
  }

  static boolean isOne(int status, Headers headers) {
    return STATUSES.contains(status) && headers.first("Location").isPresent();
  }

  /// Where to go on.
  ///
  /// @throws HttpFailure.RedirectRefused if it is not a place to go to; the text names its origin
  ///   only, for the rest of a location may hold secrets
  URI target(CallState call) throws HttpFailure {
    URI target;
    Origin there;
    try {
      target = resolved();
      there = Origin.of(target);
    } catch (IllegalArgumentException _) {
      throw call.redirectRefused("to something that is not an http or https URL");
    }
    var here = Origin.of(from);
    if (!there.equals(here) && !isUpgrade(here, there)) {
      throw call.redirectRefused(
          "to " + there + ", where the headers must not go; if that is right, configure it as URL");
    }
    return target;
  }

  /// By RFC 3986, where [URI#resolve] follows the older RFC 2396 or fails for an empty path.
  private URI resolved() {
    var base = from.getRawPath().isEmpty() ? from.resolve("/") : from;
    return base.resolve(
        URI.create(location.startsWith("?") ? base.getRawPath() + location : location));
  }

  private static boolean isUpgrade(Origin here, Origin there) {
    return here.host().equals(there.host())
        && here.equals(new Origin("http", here.host(), 80))
        && there.equals(new Origin("https", there.host(), 443));
  }
}
