package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.TimeSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import org.apache.hc.core5.http.HttpException;

/// A socket without a network: what is read from it is given, and what is written to it is kept.
public final class Wire extends Socket {
  private static final TimeSource TIME = TestTime.real();

  private final InputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  public Wire(byte[] received) {
    this.in = new ByteArrayInputStream(received);
  }

  /// The head of a request as it leaves the exporter, without a proxy.
  public static String head(HttpGet request) {
    return head(request, request.uri());
  }

  /// The same after a redirect.
  static String head(HttpGet request, URI hop) {
    var wire = new Wire("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
    var route = ProxyRules.NONE.routeTo(Origin.of(hop));
    try {
      var connection = new UpstreamConnection(wire, wire, TIME);
      connection.send(request.head(hop, route, "fuzz", null));
    } catch (IOException | HttpException e) {
      throw new IllegalStateException(e);
    }
    return wire.sent();
  }

  /// What was written, a character for each byte.
  public String sent() {
    return out.toString(ISO_8859_1);
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void setSoTimeout(int timeout) {
    // nothing here blocks
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    // nothing here is sent
  }

  @Override
  public void shutdownOutput() {
    // nobody waits for the end
  }

  @Override
  public InetAddress getInetAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public boolean isConnected() {
    return true;
  }
}
