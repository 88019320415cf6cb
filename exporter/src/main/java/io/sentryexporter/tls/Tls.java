package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.tls.TlsSettings.Verification;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS over a connected socket, with one set of settings.
///
/// Nothing of it is loaded, and no certificate read, before the first https call: both take longer
/// than the rest of the program's start. Files of the settings are read again when they have
/// changed.
public final class Tls {
  private final Trust trust;
  private final @Nullable TlsSettings settings;
  private @Nullable Made made;

  /// A factory, and what its files were then.
  private record Made(SSLSocketFactory factory, List<Object> stamps) {}

  /// @param trust of the environment
  /// @param settings null for none of their own
  public Tls(Trust trust, @Nullable TlsSettings settings) {
    this.trust = trust;
    this.settings = settings;
  }

  /// A socket that speaks TLS with `host`, whose certificate has been checked. It closes `plain`
  /// with it; closing `plain` ends it at once.
  ///
  /// @throws IOException if the handshake fails, or certificates or keys cannot be read
  public Socket handshake(Socket plain, String host, int port) throws IOException {
    var name = settings == null || settings.serverName().isEmpty() ? host : settings.serverName();
    var socket = (SSLSocket) factory().createSocket(plain, name, port, true);
    var parameters = socket.getSSLParameters();
    parameters.setProtocols(protocols().toArray(String[]::new));
    if (settings == null || settings.verification() == Verification.CHECKED) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private List<String> protocols() {
    return settings == null
        ? TlsVersion.protocols(TlsVersion.TLS12, TlsVersion.TLS13)
        : settings.protocols();
  }

  private synchronized SSLSocketFactory factory() throws IOException {
    List<Object> stamps = settings == null ? List.of() : settings.stamps();
    if (made == null || !made.stamps().equals(stamps)) {
      made = new Made(newFactory(), stamps); // stamped before it was read: no change is missed
    }
    return made.factory();
  }

  private SSLSocketFactory newFactory() throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), new TrustManager[] {serverTrust()}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new Unusable("this Java runtime cannot make a trust store: " + e, e);
    }
  }

  private KeyManager @Nullable [] keyManagers() throws Unusable {
    if (settings == null || settings.certificate() == null || settings.key() == null) {
      return null;
    }
    try {
      var own = TlsSettings.identity(settings.certificate(), settings.key());
      return new KeyManager[] {new OwnCertificate(own)};
    } catch (Pem.Unreadable e) {
      throw new Unusable("the client certificate and key of tls_config: " + e.getMessage(), e);
    }
  }

  private X509ExtendedTrustManager serverTrust() throws GeneralSecurityException, IOException {
    if (settings != null && settings.verification() == Verification.SKIPPED) {
      return new NoVerification();
    }
    return new ServerTrust(authorities(), settings);
  }

  /// Checks certificates, also of clients.
  ///
  /// @param authorities null for those of the Java runtime
  static X509ExtendedTrustManager verifier(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(authorities);
    for (var manager : managers.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  private Authorities authorities() throws GeneralSecurityException, IOException {
    if (settings != null && settings.ca() != null) {
      try {
        return Authorities.of(TlsSettings.authorities(settings.ca()));
      } catch (Pem.Unreadable e) {
        throw new Unusable("the authorities of tls_config: " + e.getMessage(), e);
      }
    }
    var files = pemFiles();
    if (files.isEmpty()) {
      return Authorities.of(null);
    }
    var texts = new ArrayList<String>();
    for (var file : files) {
      texts.add(read(file));
    }
    return Authorities.in(texts.stream())
        .orElseThrow(() -> new Unusable("no certificate in " + files, null));
  }

  static KeyStore storeOf(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var authority : authorities) {
      store.setCertificateEntry(Integer.toString(store.size()), authority);
    }
    return store;
  }

  private List<Path> pemFiles() throws Unusable {
    try {
      return trust.pemFiles();
    } catch (IOException e) {
      throw new Unusable("cannot read the trusted certificates in " + trust.folders(), e);
    }
  }

  private static String read(Path file) throws Unusable {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new Unusable("cannot read the trusted certificates in " + file, e);
    }
  }

  /// Certificates or keys that the client needs are not there, or of no use: a fault of the
  /// installation, not of the server.
  public static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String message, @Nullable Exception cause) {
      super(message, cause);
    }
  }

  /// What a client needs of a trust manager.
  abstract static class TrustOfClient extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Checks a server's certificate with the JDK, and explains a failure in an operator's words.
  public static final class ServerTrust extends TrustOfClient {
    private final Authorities authorities;
    private final @Nullable TlsSettings settings;

    ServerTrust(Authorities authorities, @Nullable TlsSettings settings) {
      this.authorities = authorities;
      this.settings = settings;
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
        authorities.check(chain, trust -> trust.checkServerTrusted(chain, authType, socket));
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
        checkServerTrusted(chain, authType); // the same without looking at the host name
        return subject(leaf)
            + " is for "
            + names(leaf)
            + ", not for "
            + host
            + (settings == null || settings.serverName().isEmpty()
                ? "; write the right host in the URL, or its name in tls_config.server_name"
                : "; that is tls_config.server_name");
      } catch (CertificateException _) {
        return subject(leaf)
            + " is not trusted, nor is its issuer "
            + leaf.getIssuerX500Principal()
            + (settings == null || settings.ca() == null
                ? "; if it should be, name the issuer's PEM file in tls_config.ca_file, or in"
                    + " SSL_CERT_FILE for every Sentry"
                : "; if it should be, put the issuer's certificate into tls_config.ca_file");
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
      authorities.check(chain, trust -> trust.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      authorities.check(chain, trust -> trust.checkServerTrusted(chain, authType, engine));
    }
  }

  /// Trusts any server: only where the configuration sets that.
  private static final class NoVerification extends TrustOfClient {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      // trusted
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      // trusted
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      // trusted
    }
  }

  /// Shows one certificate to every server that requests one, as Go does. The JDK shows none where
  /// the server names other issuers, and then the error does not show why.
  private static final class OwnCertificate extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final Identity own;

    private OwnCertificate(Identity own) {
      this.own = own;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.key();
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }
}
