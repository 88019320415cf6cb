package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server on loopback that has one page, and notes every other path that is requested.
public final class OtherSite implements AutoCloseable {
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  private OtherSite(HttpServer server, String page) {
    this.server = server;
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] body = path.equals("/") ? page.getBytes(UTF_8) : new byte[0];
          if (!path.equals("/") && !path.equals("/favicon.ico")) {
            requested.add(path);
          }
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  /// Starts a site of this page.
  public static OtherSite of(String page) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      return new OtherSite(server, page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// Paths other than the page's, in the order of their requests.
  public List<String> requested() {
    return List.copyOf(requested);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
