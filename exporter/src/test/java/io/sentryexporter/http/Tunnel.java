package io.sentryexporter.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/// A proxy's side of CONNECT: for any host, the tunnel leads to one local port.
public final class Tunnel {
  private Tunnel() {}

  public static void play(RawServer.Peer peer, int port) throws IOException {
    playOrAnswer(peer, port, "HTTP/1.1 405 Method Not Allowed\r\n\r\n");
  }

  /// Requests other than CONNECT get `answer`.
  static void playOrAnswer(RawServer.Peer peer, int port, String answer) throws IOException {
    var head = peer.readHead();
    if (!head.startsWith("CONNECT ")) {
      peer.send(answer);
      return;
    }
    try (var there = new Socket(InetAddress.getLoopbackAddress(), port)) {
      peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
      Thread.ofPlatform().daemon().start(() -> copy(peer.rest(), there));
      copy(there.getInputStream(), peer.socket());
    }
  }

  private static void copy(InputStream from, Socket to) {
    try (to) {
      OutputStream out = to.getOutputStream();
      from.transferTo(out);
    } catch (IOException _) {
      // one of both hung up
    }
  }
}
