package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SmallFile;
import io.sentryexporter.tls.TlsSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one server is requested, where that differs from the environment: Prometheus' configuration
/// of an HTTP client.
///
/// Connections are shared by requests with equal settings of TLS and proxy. Secrets in files are
/// read when they are used.
///
/// @param authorization null for none of these
/// @param tls null for that of the environment
/// @param proxies null for those of the environment
/// @param connectHeaders sent to the proxy with CONNECT, and to nobody else
/// @param bodyBytes at most of an answer; 0 for the limit of all
/// @param shown as `/config` shows it
public record ClientSettings(
    @Nullable Authorization authorization,
    List<ExtraHeader> headers,
    @Nullable TlsSettings tls,
    @Nullable ProxyRules proxies,
    List<Header> connectHeaders,
    Redirects redirects,
    int bodyBytes,
    Map<String, ?> shown) {
  private static final int LARGEST_SECRET_BYTES = 16 << 10;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  public ClientSettings {
    headers = List.copyOf(headers);
    connectHeaders = List.copyOf(connectHeaders);
    shown = Collections.unmodifiableMap(new LinkedHashMap<>(shown));
    if (bodyBytes < 0) {
      throw new IllegalArgumentException("bodyBytes: " + bodyBytes);
    }
  }

  /// Settings of connections, with neither credentials nor headers.
  public static ClientSettings ofConnections(
      @Nullable TlsSettings tls, @Nullable ProxyRules proxies, List<Header> connectHeaders) {
    return new ClientSettings(
        null, List.of(), tls, proxies, connectHeaders, Redirects.RETURNED, 0, Map.of());
  }

  /// Whether a server's certificate is believed unchecked: the requests' or the token server's.
  public boolean skipsVerification() {
    return (tls != null && tls.verification() == TlsSettings.Verification.SKIPPED)
        || (authorization instanceof OAuth2 oauth && oauth.client().skipsVerification());
  }

  /// What is done with a redirect.
  public enum Redirects {
    /// To the same origin it is followed.
    FOLLOWED,
    /// It is an answer.
    RETURNED
  }

  /// A header that is added to each request.
  ///
  /// @param isSecret whether its value is hidden where it comes back
  public record ExtraHeader(String name, Value value, boolean isSecret) {}

  /// What makes the header Authorization.
  public sealed interface Authorization {}

  /// `type credentials`
  public record TypedCredentials(String type, Value value) implements Authorization {}

  /// A user and password.
  public record BasicAuth(Value user, Value password) implements Authorization {}

  /// A token that a server gives for a client id and secret, by the client credentials grant of RFC
  /// 6749.
  ///
  /// @param parameters sent with the request for a token
  /// @param client connects to the token's server; has no authorization
  public record OAuth2(
      String clientId,
      Value clientSecret,
      URI tokenUrl,
      List<String> scopes,
      Map<String, String> parameters,
      ClientSettings client)
      implements Authorization {
    public OAuth2 {
      scopes = List.copyOf(scopes);
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
  }

  /// A text, often a secret.
  public sealed interface Value {
    /// The text as it is now.
    ///
    /// @throws Unreadable if the file has no such text
    Secret read() throws Unreadable;

    /// A text in the configuration.
    record Text(Secret text) implements Value {
      public static final Text EMPTY = new Text(new Secret(""));

      @Override
      public Secret read() {
        return text;
      }
    }

    /// The text of a file, without the spaces and line breaks around it; read for each request.
    ///
    /// @param key that names the file in the configuration
    record InFile(String key, Path file) implements Value {
      @Override
      public Secret read() throws Unreadable {
        String fault = "it has more than one line; write the value and nothing else";
        try {
          var bytes = SmallFile.read(file, LARGEST_SECRET_BYTES);
          var text = new String(bytes, UTF_8).replace(BYTE_ORDER_MARK, "").strip();
          if (Header.isValue(text)) {
            return new Secret(text);
          }
        } catch (IOException e) {
          fault = e.getMessage() + "; name a file that this user can read";
        }
        throw new Unreadable(key + " " + file, fault);
      }
    }
  }

  /// A file does not have the text that it should have.
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String fault;

    private Unreadable(String where, String fault) {
      super(where + ": " + fault);
      this.fault = fault;
    }

    /// What is wrong, without the name of the file.
    public String fault() {
      return fault;
    }
  }
}
