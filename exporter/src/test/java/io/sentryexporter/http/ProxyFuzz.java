package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.EnvironmentFuzz;
import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.http.ProxyRules.ProxyException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// Any variables for proxies: a way to every server, through a proxy that a variable names or
/// directly, or an error that shows no password.
public final class ProxyFuzz {
  private static final List<Origin> SERVERS =
      List.of(
          Origin.of(URI.create("https://sentry.example")),
          Origin.of(URI.create("http://sentry.example:9000")),
          Origin.of(URI.create("http://[::1]:9000")),
          Origin.of(URI.create("https://10.1.2.3")));

  private ProxyFuzz() {}

  public static void check(byte[] lines) {
    Map<String, String> environment = EnvironmentFuzz.variables(lines);
    ProxyRules rules;
    try {
      rules = ProxyRules.fromEnvironment(environment);
    } catch (ProxyException e) {
      Sound.assertMessage(e.getMessage());
      return;
    }
    for (Origin server : SERVERS) {
      var route = rules.routeTo(server);
      assertThat(route.origin()).isEqualTo(server);
      Sound.assertMessage(route.shown());
      var proxy = route.proxy();
      if (proxy != null) {
        assertThat(proxy).isIn(rules.http(), rules.https());
        assertThat(proxy.origin().port()).isBetween(1, 65_535);
        assertThat(environment.values().toString().toLowerCase(java.util.Locale.ROOT))
            .contains(hostAsWritten(proxy.origin()));
        if (proxy.authorization() != null) {
          assertThat(Header.isValue(proxy.authorization().reveal())).isTrue();
        }
      }
      boolean isLoopback = server.host().equals("::1");
      assertThat(proxy == null || !isLoopback).isTrue();
    }
  }

  /// A name beyond ASCII is written otherwise.
  private static String hostAsWritten(Origin origin) {
    return origin.host().contains("xn--") ? "" : origin.host();
  }
}
