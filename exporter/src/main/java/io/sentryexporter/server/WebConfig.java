package io.sentryexporter.server;

import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.tls.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a web configuration file sets: who may send requests, how many, over what, and headers of
/// the answers.
///
/// @param tls null for HTTP without TLS
/// @param users by name; none if requests need no user
/// @param headers added to every answer, in place of those of the same name
/// @param rateLimit null for no limit
public record WebConfig(
    @Nullable ServerTls tls,
    Map<String, BcryptHash> users,
    List<ResponseHeader> headers,
    @Nullable RateLimit rateLimit) {
  public WebConfig {
    users = Map.copyOf(users);
    headers = List.copyOf(headers);
  }

  /// The same with another TLS.
  public WebConfig withTls(@Nullable ServerTls other) {
    return new WebConfig(other, users, headers, rateLimit);
  }

  /// The same with other users.
  public WebConfig withUsers(Map<String, BcryptHash> others) {
    return new WebConfig(tls, others, headers, rateLimit);
  }

  /// A limit of requests: one in each interval, and more after a pause.
  ///
  /// @param burst maximum number of requests at once
  public record RateLimit(Duration interval, int burst) {
    public RateLimit {
      if (!interval.isPositive() || burst < 1) {
        throw new IllegalArgumentException("a limit under which no request passes");
      }
    }
  }
}
