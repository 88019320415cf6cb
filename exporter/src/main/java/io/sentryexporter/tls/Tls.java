package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
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
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var file : files) {
      for (var certificate : read(file)) {
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

  private static List<X509Certificate> read(Path file) throws TrustUnreadable {
    try {
      return Pem.readableCertificates(Files.readString(file, ISO_8859_1));
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

  /// Checks a server's certificate with the JDK, and explains a failure in an operator's words.
  public static final class ServerTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager jdk;

    ServerTrust(X509ExtendedTrustManager jdk) {
      this.jdk = jdk;
    }

    /// Why a certificate is not believed: names its subject, and what is wrong with it.
    public static final class Refused extends CertificateException {
      private static final long serialVersionUID = 1;

      private Refused(String message, CertificateException cause) {
        super(message, cause);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      try {
        jdk.checkServerTrusted(chain, authType, socket);
      } catch (CertificateException e) {
        var host = ((SSLSocket) socket).getHandshakeSession().getPeerHost();
        throw new Refused(reason(chain, authType, host), e);
      }
    }

    private String reason(X509Certificate[] chain, String authType, String host) {
      for (var certificate : chain) {
        try {
          certificate.checkValidity();
        } catch (CertificateExpiredException _) {
          var end = certificate.getNotAfter().toInstant();
          return subject(certificate) + " expired at " + end + "; renew it on the server";
        } catch (CertificateNotYetValidException _) {
          var start = certificate.getNotBefore().toInstant();
          return subject(certificate) + " is valid from " + start + " only; are the clocks right?";
        }
      }
      var leaf = chain[0];
      try {
        jdk.checkServerTrusted(chain, authType); // the same without looking at the host name
        return subject(leaf) + " is for " + names(leaf) + ", not for " + host;
      } catch (CertificateException _) {
        return subject(leaf)
            + " is not trusted, nor is its issuer "
            + leaf.getIssuerX500Principal()
            + "; if it should be, name the issuer's PEM file in SSL_CERT_FILE";
      }
    }

    private static String subject(X509Certificate certificate) {
      return "certificate \"" + certificate.getSubjectX500Principal() + "\"";
    }

    /// The host names and addresses of a certificate, as a list to print.
    private static String names(X509Certificate certificate) {
      try {
        var names = certificate.getSubjectAlternativeNames();
        return names == null
            ? "no host"
            : names.stream().map(ServerTrust::name).toList().toString();
      } catch (CertificateParsingException _) {
        return "no host that can be read";
      }
    }

    private static String name(List<?> typeAndName) {
      return String.valueOf(typeAndName.get(1));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      jdk.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      jdk.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      jdk.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      jdk.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      jdk.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return jdk.getAcceptedIssuers();
    }
  }
}
