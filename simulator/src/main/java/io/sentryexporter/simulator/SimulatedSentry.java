package io.sentryexporter.simulator;

import io.sentryexporter.simulator.api.Api;
import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.server.Exchange;
import io.sentryexporter.simulator.server.Listener;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/// Simulates Sentry over real HTTP, with made-up data and every fault on demand.
///
/// Every answer has the header `X-Simulated: sentry_exporter demo`. In addition to Sentry's paths
/// there are `/`, a page for people, and `/-/requests`, counts as JSON.
///
/// A fault is switched on in three ways: by [#faults()]; from outside for the requests to come, as
/// in `/-/faults?target=/stats_v2/&fault=delay+2s`; or by the request header `X-Simulate`, which a
/// module's configured headers can carry. The forms, by example:
///
/// - timing: `delay 2s`, `hang`, `hang-after-headers`, `drip 10 100ms` (10 bytes each 100 ms)
/// - connection: `reset`, `reset-after-headers`, `truncated`, `wrong-length`, `broken-chunk`,
///   `not-http`
/// - size: `huge 50000000`, `gzip-bomb 1000000000` (bytes)
/// - encoding: `gzip`, `chunked`
/// - headers: `deprecated 2027-01-01T00:00:00+00:00 /api/0/replacement/`
/// - content: `html-login`, `garbage cut-short` (see `Fault.Garbage`), `body 200 text/plain any
///   text`
/// - errors: `error 401-sso-required` (see `SentryError`), `status 503`, `nginx 502`
/// - limits: `429 window`, `429 concurrent`, `error 429-snuba`, `error 429-apigateway`, `429
///   retry-after 5s`, `429 retry-date 5s`
/// - redirects: `redirect same`, `redirect loop`, `redirect http://other.example/path`
public final class SimulatedSentry implements AutoCloseable {
  /// The token that reads everything, unless the options name others.
  public static final String TOKEN = ServerOptions.TOKEN;

  private final Listener listener;
  private final URI url;
  private final RequestLog requests;
  private final Faults faults;

  private SimulatedSentry(Listener listener, URI url, RequestLog requests, Faults faults) {
    this.listener = listener;
    this.url = url;
    this.requests = requests;
    this.faults = faults;
  }

  /// Starts to listen; it answers when this returns.
  ///
  /// @throws UncheckedIOException if the address cannot be had; the message names it
  public static SimulatedSentry start(SimulatedWorld world, ServerOptions options) {
    var address = new InetSocketAddress(options.address(), options.port());
    var requests = new RequestLog();
    var faults = new Faults();
    try {
      var listener = new Listener(address, options.tls(), requests);
      var url = url(options, listener.port());
      var api = new Api(world, options, requests, faults, url);
      listener.start(new Exchange(api, options, requests, faults));
      return new SimulatedSentry(listener, url, requests, faults);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private static URI url(ServerOptions options, int port) {
    var scheme = options.tls() == null ? "http" : "https";
    return URI.create(scheme + "://" + host(options.address()) + ":" + port + options.pathPrefix());
  }

  private static String host(InetAddress address) {
    return address instanceof Inet6Address
        ? "[" + address.getHostAddress() + "]"
        : address.getHostAddress();
  }

  /// The URL that it listens on, with its path prefix and without a trailing slash.
  public URI url() {
    return url;
  }

  /// The log of the requests so far.
  public RequestLog requests() {
    return requests;
  }

  /// The faults that occur from now on.
  public Faults faults() {
    return faults;
  }

  /// Stops at once: connections are closed, faults under way end, the port is free.
  @Override
  public void close() {
    listener.close();
  }
}
