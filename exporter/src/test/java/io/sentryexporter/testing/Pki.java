package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sentryexporter.tls.Identity;
import io.sentryexporter.tls.Pem;
import io.sentryexporter.tls.ServerTls;
import io.sentryexporter.tls.ServerTls.ClientAuth;
import io.sentryexporter.tls.ServerTls.Order;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The certificates of the tests, in files that `make.sh` has made, and clients that trust them.
public final class Pki {
  public static final Path FOLDER = Path.of("exporter/src/test/resources/web-config/pki");

  private static final int PATIENCE_MILLIS = 60_000;

  private Pki() {}

  public static String text(String file) {
    try {
      return Files.readString(FOLDER.resolve(file), US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The certificate and key of a name.
  public static Identity identity(String name) {
    try {
      return Identity.of(
          Pem.certificates(text(name + ".pem")), Pem.privateKey(text(name + ".key")));
    } catch (Pem.Unreadable e) {
      throw new AssertionError(e);
    }
  }

  /// The settings of a server that leaves everything to the Java runtime.
  public static ServerTls.Settings server(String name) {
    return new ServerTls.Settings(
        identity(name),
        ClientAuth.NO_CLIENT_CERT,
        List.of(),
        null,
        List.of("TLSv1.2", "TLSv1.3"),
        List.of(),
        Order.SERVERS,
        List.of());
  }

  /// TLS of a client that trusts the tests' authority.
  ///
  /// @param client whose certificate it shows; null for none
  public static SSLContext client(@Nullable String client) {
    try {
      var store = KeyStore.getInstance("JKS");
      store.load(null, null);
      store.setCertificateEntry("ca", Pem.certificates(text("ca.pem")).getFirst());
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      var keys =
          client == null ? new KeyManager[0] : new KeyManager[] {new Shown(identity(client))};
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException | Pem.Unreadable e) {
      throw new AssertionError(e);
    }
  }

  /// A connection to a server, without TLS.
  public static Socket plain(InetSocketAddress server) throws IOException {
    var plain = new Socket();
    plain.setSoTimeout(PATIENCE_MILLIS);
    plain.setTcpNoDelay(true);
    plain.connect(server, PATIENCE_MILLIS);
    return plain;
  }

  /// TLS over a connection, when the client's part of the handshake is done.
  ///
  /// @param client whose certificate it shows; null for none
  /// @param settings changes what it speaks
  public static SSLSocket over(
      Socket plain, @Nullable String client, Consumer<SSLParameters> settings) throws IOException {
    var socket =
        (SSLSocket)
            client(client)
                .getSocketFactory()
                .createSocket(plain, "localhost", plain.getPort(), true);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    settings.accept(parameters);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /// Shows a certificate even where the server has requested others; Java's own shows none then.
  private static final class Shown extends X509ExtendedKeyManager {
    private static final String ALIAS = "shown";

    private final Identity identity;

    Shown(Identity identity) {
      this.identity = identity;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.key();
    }
  }
}
