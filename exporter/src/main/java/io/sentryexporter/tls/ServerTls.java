package io.sentryexporter.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS with the clients of a listener: its certificate, and what a client must speak and show.
public final class ServerTls {
  /// Bytes of a record's header, with which every client begins.
  public static final int HEADER_BYTES = 5;

  /// Sessions that clients may take up again and keep no ticket of; Java's 20,480 take too much.
  private static final int MOST_SESSIONS = 512;

  /// The cipher suites of TLS 1.3, which are always on, as in Go.
  private static final Set<String> OF_TLS13 =
      Set.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private final SSLContext context;
  private final SSLParameters parameters;
  private final ClientAuth clientAuth;
  private final boolean hasOwnAuthorities;
  private final boolean limitsNames;

  /// What a listener's TLS is made of.
  ///
  /// @param authorities whose certificates a client's is verified with; none for those that the
  ///   Java runtime trusts
  /// @param allowedNames alternative names of which a client's certificate must have one; null for
  ///   any
  /// @param protocols by the names of Java; at least one
  /// @param cipherSuites up to TLS 1.2, in the order of preference; empty for the runtime's own
  /// @param order whose preference of cipher suites counts
  /// @param groups for the key exchange, by the names of Java, in the order of preference; empty
  ///   for the runtime's own
  public record Settings(
      Identity identity,
      ClientAuth clientAuth,
      List<X509Certificate> authorities,
      @Nullable Set<String> allowedNames,
      List<String> protocols,
      List<String> cipherSuites,
      Order order,
      List<String> groups) {
    public Settings {
      authorities = List.copyOf(authorities);
      allowedNames = allowedNames == null ? null : Set.copyOf(allowedNames);
      protocols = List.copyOf(protocols);
      cipherSuites = List.copyOf(cipherSuites);
      groups = List.copyOf(groups);
      if (protocols.isEmpty()) {
        throw new IllegalArgumentException("no version of TLS");
      }
    }
  }

  /// Whether a client must show a certificate, and who must have issued it; the names are Go's.
  public enum ClientAuth {
    NO_CLIENT_CERT("NoClientCert"),
    REQUEST_CLIENT_CERT("RequestClientCert"),
    REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert"),
    VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven"),
    REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert");

    private final String word;

    ClientAuth(String word) {
      this.word = word;
    }

    /// As configuration files have it.
    public String word() {
      return word;
    }

    public boolean isRequired() {
      return this == REQUIRE_ANY_CLIENT_CERT || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }

    public boolean isVerified() {
      return this == VERIFY_CLIENT_CERT_IF_GIVEN || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }
  }

  /// Whose preference of cipher suites counts.
  public enum Order {
    SERVERS,
    CLIENTS
  }

  public ServerTls(Settings settings) {
    // Java would let a client have its certificates and keys exchanged over and over; Go does not.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    try {
      context = SSLContext.getInstance("TLS");
      var trust = new ClientTrust(settings);
      context.init(settings.identity.keyManagers(), new TrustManager[] {trust}, null);
      context.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java runtime cannot make a TLS server", e);
    }
    parameters = parameters(settings);
    clientAuth = settings.clientAuth;
    hasOwnAuthorities = !settings.authorities.isEmpty();
    limitsNames = settings.allowedNames != null;
  }

  private SSLParameters parameters(Settings settings) {
    var of = context.getDefaultSSLParameters();
    of.setProtocols(settings.protocols.toArray(String[]::new));
    of.setApplicationProtocols(new String[] {"http/1.1"});
    of.setUseCipherSuitesOrder(settings.order == Order.SERVERS);
    if (!settings.cipherSuites.isEmpty()) {
      var always = Arrays.stream(of.getCipherSuites()).filter(OF_TLS13::contains);
      of.setCipherSuites(
          Stream.concat(always, settings.cipherSuites.stream().filter(ServerTls::isSupported))
              .distinct()
              .toArray(String[]::new));
    }
    if (!settings.groups.isEmpty()) {
      of.setNamedGroups(settings.groups.toArray(String[]::new));
    }
    if (settings.clientAuth.isRequired()) {
      of.setNeedClientAuth(true);
    } else {
      of.setWantClientAuth(settings.clientAuth != ClientAuth.NO_CLIENT_CERT);
    }
    return of;
  }

  /// Whether it keeps out clients that another lets in: those without a certificate, with one that
  /// is not verified, of any authority instead of its own, or of any name.
  public boolean isStricterThan(ServerTls other) {
    return (clientAuth.isRequired() && !other.clientAuth.isRequired())
        || (clientAuth.isVerified() && !other.clientAuth.isVerified())
        || (clientAuth.isVerified() && hasOwnAuthorities && !other.hasOwnAuthorities)
        || (limitsNames && !other.limitsNames);
  }

  /// Whether a cipher suite is one of TLS 1.3, which a list neither adds nor removes.
  public static boolean isOfTls13(String cipherSuite) {
    return OF_TLS13.contains(cipherSuite);
  }

  /// Whether the Java runtime has a cipher suite, and has not switched it off as too weak.
  public static boolean isSupported(String cipherSuite) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return List.of(context.getSupportedSSLParameters().getCipherSuites()).contains(cipherSuite);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }

  /// Speaks TLS with a client that has just connected. Closing the socket that this returns ends
  /// TLS only; closing `plain` ends both, at once.
  ///
  /// @param begun what has been read from the client already
  /// @throws IOException if the client does not speak TLS, not such as is configured, or shows no
  ///   certificate that is accepted; it has been notified
  public SSLSocket handshake(Socket plain, InputStream begun) throws IOException {
    var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, begun, false);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /// A client's certificate is not accepted. The message names the kind of fault alone.
  public static final class ClientRefused extends CertificateException {
    private static final long serialVersionUID = 1;

    private final String subject;

    private ClientRefused(String message, X509Certificate certificate, @Nullable Exception cause) {
      super(message, cause);
      this.subject = certificate.getSubjectX500Principal().toString();
    }

    /// Whom the certificate names.
    public String subject() {
      return subject;
    }
  }

  /// Checks the certificates of clients.
  private static final class ClientTrust extends X509ExtendedTrustManager {
    private final @Nullable Set<String> allowedNames;
    private final List<X509Certificate> authorities;

    /// Null where certificates are not verified.
    private final @Nullable X509ExtendedTrustManager jdk;

    ClientTrust(Settings settings) throws GeneralSecurityException, IOException {
      this.allowedNames = settings.allowedNames;
      this.authorities = settings.authorities;
      this.jdk =
          settings.clientAuth.isVerified()
              ? Tls.verifier(authorities.isEmpty() ? null : Tls.storeOf(authorities))
              : null;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      if (jdk != null) {
        try {
          chain[0].checkValidity(); // the JDK leaves this out for one that is trusted itself
          jdk.checkClientTrusted(chain, authType, socket);
        } catch (CertificateException e) {
          throw new ClientRefused("client certificate not trusted", chain[0], e);
        }
      }
      if (allowedNames != null && !hasName(chain[0], allowedNames)) {
        throw new ClientRefused("client certificate without an allowed name", chain[0], null);
      }
    }

    private static boolean hasName(X509Certificate certificate, Set<String> allowed)
        throws CertificateException {
      var names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return false;
      }
      var addresses = new HashSet<InetAddress>();
      allowed.forEach(name -> address(name, addresses));
      return names.stream().anyMatch(name -> isAllowed(name, allowed, addresses));
    }

    /// @param name its kind, by the numbers of RFC 5280, and the name
    private static boolean isAllowed(
        List<?> name, Set<String> allowed, Set<InetAddress> addresses) {
      String text = String.valueOf(name.get(1));
      return switch ((Integer) name.getFirst()) {
        case 1, 2, 6 -> allowed.contains(text); // mail, DNS, URI
        case 7 -> { // an address, which is written in many ways
          var own = new HashSet<InetAddress>();
          address(text, own);
          yield own.stream().anyMatch(addresses::contains);
        }
        default -> false;
      };
    }

    private static void address(String text, Set<InetAddress> into) {
      try {
        into.add(InetAddress.ofLiteral(text));
      } catch (IllegalArgumentException _) {
        // a name of another kind
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw new UnsupportedOperationException("sockets only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException("sockets only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      throw new UnsupportedOperationException("servers only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw new UnsupportedOperationException("servers only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException("servers only");
    }

    /// The authorities of which a client may choose a certificate.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.toArray(X509Certificate[]::new);
    }
  }
}
