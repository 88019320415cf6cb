package io.sentryexporter.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where to listen: `:9412`, `127.0.0.1:9412`, `localhost:9412`, `[::1]:9412`.
///
/// @param host a name or an address without brackets; empty for all IPv4 and IPv6 addresses
/// @param port 0 for any free one
public record ListenAddress(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[(?<six>[0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|(?<host>[\\w.-]*)):(?<port>\\d{1,5})");
  private static final String HOW = "; write :9412, 127.0.0.1:9412 or [::1]:9412";

  public ListenAddress {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /// Reads an address as `--web.listen-address` takes it.
  ///
  /// @throws ListenException quoting what was read, if it is no address
  public static ListenAddress parse(String text) throws ListenException {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new ListenException('"' + text + "\" is not an address to listen on" + HOW);
    }
    int port = Integer.parseInt(form.group("port"));
    if (port > 65535) {
      throw new ListenException('"' + text + "\": the port must be between 0 and 65535" + HOW);
    }
    var six = form.group("six");
    return new ListenAddress(six != null ? six : form.group("host"), port);
  }

  /// The address of a socket.
  public static ListenAddress of(InetSocketAddress socket) {
    return new ListenAddress(socket.getAddress().getHostAddress(), socket.getPort());
  }

  /// Whether IPv6 clients are to be turned away: `0.0.0.0` means IPv4 only, but Java's socket of
  /// that address takes both.
  boolean ipv4Only() {
    return host.equals("0.0.0.0");
  }

  /// The address to bind to, null for all; a name is looked up.
  public @Nullable InetAddress resolve() throws UnknownHostException {
    return host.isEmpty() ? null : InetAddress.getByName(host);
  }

  /// As [#parse(String)] takes it.
  @Override
  public String toString() {
    return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
  }

  /// An address cannot be listened on, or is not one. The message names it, the cause and the fix.
  public static final class ListenException extends Exception {
    private static final long serialVersionUID = 1;

    ListenException(String message) {
      super(message);
    }

    ListenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
