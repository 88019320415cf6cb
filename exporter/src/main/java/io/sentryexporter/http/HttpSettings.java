package io.sentryexporter.http;

import io.sentryexporter.tls.Trust;

/// Settings shared by all calls of one [HttpClient].
///
/// @param bodyLimit bytes of a body, decompressed
/// @param bodyBudget bytes of all bodies that are being read at the same time, beyond the first 32
///   KiB of each
/// @param maxRedirects followed in one call at most
/// @param connectionsPerOrigin open at the same time to one origin at most
/// @param connections open at the same time to all origins at most; idle ones make room
/// @param userAgent sent unless the request has a User-Agent of its own
public record HttpSettings(
    int bodyLimit,
    int bodyBudget,
    int maxRedirects,
    int connectionsPerOrigin,
    int connections,
    String userAgent,
    ProxyRules proxies,
    Trust trust) {
  /// @throws IllegalArgumentException if a limit is out of range
  public HttpSettings {
    if (bodyLimit < 1 || bodyLimit == Integer.MAX_VALUE) {
      throw new IllegalArgumentException("bodyLimit: " + bodyLimit);
    }
    if (bodyBudget < 1) {
      throw new IllegalArgumentException("bodyBudget: " + bodyBudget);
    }
    if (maxRedirects < 0 || connectionsPerOrigin < 1 || connections < 1) {
      throw new IllegalArgumentException(
          "maxRedirects: "
              + maxRedirects
              + ", connectionsPerOrigin: "
              + connectionsPerOrigin
              + ", connections: "
              + connections);
    }
  }

  /// The settings for Sentry, without proxies and with the system's trust: 32 MiB for one body and
  /// for all, 10 redirects, 256 connections to each server.
  ///
  /// @param version the exporter's own, for the User-Agent
  public static HttpSettings standard(String version) {
    return new HttpSettings(
        32 << 20,
        32 << 20,
        10,
        256,
        Integer.MAX_VALUE,
        "Sentry-Exporter/" + version,
        ProxyRules.NONE,
        Trust.SYSTEM);
  }

  public HttpSettings withBodyLimit(int bytes) {
    return new HttpSettings(
        bytes,
        bodyBudget,
        maxRedirects,
        connectionsPerOrigin,
        connections,
        userAgent,
        proxies,
        trust);
  }

  public HttpSettings withBodyBudget(int bytes) {
    return new HttpSettings(
        bodyLimit,
        bytes,
        maxRedirects,
        connectionsPerOrigin,
        connections,
        userAgent,
        proxies,
        trust);
  }

  public HttpSettings withMaxRedirects(int redirects) {
    return new HttpSettings(
        bodyLimit,
        bodyBudget,
        redirects,
        connectionsPerOrigin,
        connections,
        userAgent,
        proxies,
        trust);
  }

  public HttpSettings withConnectionsPerOrigin(int most) {
    return new HttpSettings(
        bodyLimit, bodyBudget, maxRedirects, most, connections, userAgent, proxies, trust);
  }

  public HttpSettings withConnections(int most) {
    return new HttpSettings(
        bodyLimit, bodyBudget, maxRedirects, connectionsPerOrigin, most, userAgent, proxies, trust);
  }

  public HttpSettings withProxies(ProxyRules rules) {
    return new HttpSettings(
        bodyLimit,
        bodyBudget,
        maxRedirects,
        connectionsPerOrigin,
        connections,
        userAgent,
        rules,
        trust);
  }

  public HttpSettings withTrust(Trust newTrust) {
    return new HttpSettings(
        bodyLimit,
        bodyBudget,
        maxRedirects,
        connectionsPerOrigin,
        connections,
        userAgent,
        proxies,
        newTrust);
  }
}
