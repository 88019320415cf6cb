package io.sentryexporter.simulator.options;

import io.sentryexporter.simulator.world.Delivery;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How and where the simulated Sentry listens.
///
/// @param address where to listen
/// @param port 0 for any free one
/// @param tls speaks HTTPS if there is one
/// @param pathPrefix before every path: empty, or such as `/sentry`
/// @param clock what time the simulated Sentry takes it to be
/// @param latency waited before each answer
/// @param delivery how late statistics know of events
/// @param regions where organizations have their data, by slug: URLs of other servers, which it
///   names
public record ServerOptions(
    InetAddress address,
    int port,
    @Nullable SSLContext tls,
    String pathPrefix,
    InstantSource clock,
    Duration latency,
    Installation installation,
    List<Token> tokens,
    Delivery delivery,
    Map<String, URI> regions) {
  /// The token that reads everything, unless others are named.
  public static final String TOKEN = "simulated-api-token";

  public ServerOptions {
    tokens = List.copyOf(tokens);
    regions = Map.copyOf(regions);
    if (!pathPrefix.isEmpty() && (!pathPrefix.startsWith("/") || pathPrefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "path prefix \"" + pathPrefix + "\" must begin with a slash and not end with one");
    }
  }

  /// Any free port of the loopback interface, no TLS, as sentry.io without enforcing its limits,
  /// with the token [#TOKEN].
  public static ServerOptions onLoopback(InstantSource clock) {
    return new ServerOptions(
        InetAddress.ofLiteral("127.0.0.1"),
        0,
        null,
        "",
        clock,
        Duration.ZERO,
        Installation.SENTRY_IO,
        List.of(Token.reading(TOKEN)),
        Delivery.AT_ONCE,
        Map.of());
  }

  public ServerOptions withAddress(InetAddress other) {
    return new ServerOptions(
        other, port, tls, pathPrefix, clock, latency, installation, tokens, delivery, regions);
  }

  public ServerOptions withPort(int other) {
    return new ServerOptions(
        address, other, tls, pathPrefix, clock, latency, installation, tokens, delivery, regions);
  }

  public ServerOptions withTls(SSLContext other) {
    return new ServerOptions(
        address, port, other, pathPrefix, clock, latency, installation, tokens, delivery, regions);
  }

  public ServerOptions withPathPrefix(String other) {
    return new ServerOptions(
        address, port, tls, other, clock, latency, installation, tokens, delivery, regions);
  }

  public ServerOptions withClock(InstantSource other) {
    return new ServerOptions(
        address, port, tls, pathPrefix, other, latency, installation, tokens, delivery, regions);
  }

  public ServerOptions withLatency(Duration other) {
    return new ServerOptions(
        address, port, tls, pathPrefix, clock, other, installation, tokens, delivery, regions);
  }

  public ServerOptions withInstallation(Installation other) {
    return new ServerOptions(
        address, port, tls, pathPrefix, clock, latency, other, tokens, delivery, regions);
  }

  public ServerOptions withTokens(Token... others) {
    return new ServerOptions(
        address,
        port,
        tls,
        pathPrefix,
        clock,
        latency,
        installation,
        List.of(others),
        delivery,
        regions);
  }

  public ServerOptions withDelivery(Delivery other) {
    return new ServerOptions(
        address, port, tls, pathPrefix, clock, latency, installation, tokens, other, regions);
  }

  /// As the main server of Sentry, which lists the organizations of regions and answers for them.
  public ServerOptions withRegions(Map<String, URI> others) {
    return new ServerOptions(
        address, port, tls, pathPrefix, clock, latency, installation, tokens, delivery, others);
  }
}
