package io.sentryexporter.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS over a connected socket, 1.2 or later.
///
/// Nothing of it is loaded, and no certificate read, before the first https call: both take longer
/// than the rest of the program's start.
public final class Tls {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final Trust trust;
  private @Nullable SSLSocketFactory factory;

  public Tls(Trust trust) {
    this.trust = trust;
  }

  /// A socket that speaks TLS with `host`, whose certificate has been checked. It closes `plain`
  /// with it; closing `plain` ends it at once.
  ///
  /// @throws IOException if the handshake fails or the trusted certificates cannot be read
  public Socket handshake(Socket plain, String host, int port) throws IOException {
    var socket = (SSLSocket) factory().createSocket(plain, host, port, true);
    var parameters = socket.getSSLParameters();
    parameters.setProtocols(VERSIONS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private synchronized SSLSocketFactory factory() throws IOException {
    if (factory == null) {
      try {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new ServerTrust(trustManager())}, null);
        factory = context.getSocketFactory();
      } catch (GeneralSecurityException e) {
        throw new TrustUnreadable("this Java runtime cannot make a trust store: " + e, e);
      }
    }
    return factory;
  }

  private X509ExtendedTrustManager trustManager() throws GeneralSecurityException, IOException {
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trustStore());
    for (var manager : managers.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  /// The trusted certificates; null for those of the Java runtime.
  private @Nullable KeyStore trustStore() throws GeneralSecurityException, IOException {
    var files = pemFiles();
    if (files.isEmpty()) {
      return null;
    }
    var certificates = CertificateFactory.getInstance("X.509");
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var file : files) {
      for (var certificate : read(file, certificates)) {
        store.setCertificateEntry(Integer.toString(store.size()), certificate);
      }
    }
    if (store.size() == 0) {
      throw new TrustUnreadable("no certificate in " + files, null);
    }
    return store;
  }

  private List<Path> pemFiles() throws TrustUnreadable {
    try {
      return trust.pemFiles();
    } catch (IOException e) {
      throw new TrustUnreadable("cannot read the trusted certificates in " + trust.folders(), e);
    }
  }

  private static List<java.security.cert.Certificate> read(Path file, CertificateFactory factory)
      throws TrustUnreadable {
    try {
      return PemFile.certificates(file, factory);
    } catch (IOException e) {
      throw new TrustUnreadable("cannot read the trusted certificates in " + file, e);
    }
  }

  /// The trusted certificates are not there: a fault of the installation, not of the server.
  public static final class TrustUnreadable extends IOException {
    private static final long serialVersionUID = 1;

    TrustUnreadable(String message, @Nullable Exception cause) {
      super(message, cause);
    }
  }
}
