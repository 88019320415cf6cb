package io.sentryexporter.http;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Hosts that are connected to without a proxy: one entry of NO_PROXY.
sealed interface NoProxy {
  /// Whether a request to this host and port goes without a proxy.
  ///
  /// @param address the host as an address, null if it is a name
  boolean covers(String host, @Nullable InetAddress address, int port);

  /// Reads one entry, in lower case. An entry that is neither a network nor an address is a name.
  static NoProxy parse(String text) {
    if (text.equals("*")) {
      return new Everything();
    }
    var network = Network.parse(text);
    if (network != null) {
      return network;
    }
    var port = port(text);
    var host = port < 0 ? text : text.substring(0, text.lastIndexOf(':'));
    var address = Origin.address(host);
    return address != null ? new Address(address, port) : Domain.parse(host, port);
  }

  private static int port(String text) {
    var colon = text.lastIndexOf(':');
    var isBareIpv6 = text.indexOf(':') != colon && !text.startsWith("[");
    var digits = text.substring(colon + 1);
    var isPort = colon > 0 && !isBareIpv6 && digits.matches("[0-9]{1,5}");
    return isPort ? Integer.parseInt(digits) : -1;
  }

  /// `*`
  record Everything() implements NoProxy {
    @Override
    public boolean covers(String host, @Nullable InetAddress address, int port) {
      return true;
    }
  }

  /// `10.1.2.3` or `10.1.2.3:8080`; port -1 is any.
  record Address(InetAddress address, int port) implements NoProxy {
    @Override
    public boolean covers(String host, @Nullable InetAddress other, int otherPort) {
      return address.equals(other) && (port < 0 || port == otherPort);
    }
  }

  /// `10.0.0.0/8`
  record Network(InetAddress address, int bits) implements NoProxy {
    static @Nullable Network parse(String text) {
      var slash = text.indexOf('/');
      var address = slash < 0 ? null : Origin.address(text.substring(0, slash));
      if (address == null || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
        return null;
      }
      var bits = Integer.parseInt(text.substring(slash + 1));
      return bits <= address.getAddress().length * 8 ? new Network(address, bits) : null;
    }

    @Override
    public boolean covers(String host, @Nullable InetAddress other, int port) {
      if (other == null) {
        return false;
      }
      var ours = address.getAddress();
      var theirs = other.getAddress();
      var whole = bits / 8;
      var rest = 8 - bits % 8;
      return ours.length == theirs.length
          && Arrays.equals(ours, 0, whole, theirs, 0, whole)
          && (rest == 8 || (ours[whole] & 0xff) >> rest == (theirs[whole] & 0xff) >> rest);
    }
  }

  /// `example.com` covers itself and all below, `.example.com` and `*.example.com` only all below;
  /// port -1 is any.
  ///
  /// @param suffix begins with a dot
  record Domain(String suffix, boolean andItself, int port) implements NoProxy {
    static Domain parse(String text, int port) {
      var name = text.startsWith("*.") ? text.substring(1) : text;
      var isBelowOnly = name.startsWith(".");
      return new Domain(isBelowOnly ? name : "." + name, !isBelowOnly, port);
    }

    @Override
    public boolean covers(String host, @Nullable InetAddress address, int otherPort) {
      var isCovered =
          host.endsWith(suffix)
              || (andItself && host.length() == suffix.length() - 1 && suffix.endsWith(host));
      return isCovered && (port < 0 || port == otherPort);
    }
  }
}
