package io.sentryexporter.tls;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// The certificates of authorities, one of which a server's chain must lead to.
///
/// Those that the chain names are read first, the others only where these do not do: a system
/// trusts some 150, and reading them all takes as long as a handshake.
final class Authorities {
  private static final int VERSION = 0xa0; // a tag of ASN.1

  private final List<Pem.Block> certificates;
  private final Map<ByteBuffer, List<Pem.Block>> bySubject = new HashMap<>();
  private @Nullable X509ExtendedTrustManager all;

  private Authorities(List<Pem.Block> certificates, @Nullable X509ExtendedTrustManager all) {
    this.certificates = certificates;
    this.all = all;
    for (Pem.Block each : certificates) {
      try (var der = each.derAsRead()) {
        bySubject.computeIfAbsent(subject(der), _ -> new ArrayList<>()).add(each);
      } catch (IOException _) {
        // the JDK may find it, among all
      }
    }
  }

  /// @param certificates null for those of the Java runtime
  static Authorities of(@Nullable List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    return new Authorities(List.of(), trusting(certificates));
  }

  /// Those of PEM that can be read; the others are passed over, as in Go, for systems have always
  /// had odd ones. Empty if none can be read.
  static Optional<Authorities> in(Stream<String> pem) {
    var byText = new LinkedHashMap<String, Pem.Block>(); // folders have the same ones several times
    pem.flatMap(text -> Pem.certificateBlocks(text).stream())
        .forEach(each -> byText.putIfAbsent(each.body(), each));
    var certificates = List.copyOf(byText.values());
    return certificates.stream().anyMatch(each -> each.certificate().isPresent())
        ? Optional.of(new Authorities(certificates, null))
        : Optional.empty();
  }

  /// A check of a chain against the authorities that the JDK is given.
  interface Check {
    void by(X509ExtendedTrustManager jdk) throws CertificateException;
  }

  /// @throws CertificateException if the chain does not pass the check with all authorities
  void check(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      var named = namedBy(chain);
      if (named.isEmpty() || !passes(named, check)) {
        check.by(all());
      }
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new CertificateException("this Java runtime cannot make a trust store: " + e, e);
    }
  }

  private static boolean passes(List<Pem.Block> named, Check check)
      throws GeneralSecurityException, IOException {
    var trust = trusting(read(named));
    try {
      check.by(trust);
      return true;
    } catch (CertificateException _) {
      return false; // all of them decide, and have the reason
    }
  }

  private synchronized X509ExtendedTrustManager all() throws GeneralSecurityException, IOException {
    if (all == null) {
      all = trusting(read(certificates));
    }
    return all;
  }

  /// The issuers of the chain, and what is trusted of the chain itself.
  private List<Pem.Block> namedBy(X509Certificate[] chain) {
    return Stream.of(chain)
        .flatMap(each -> Stream.of(each.getSubjectX500Principal(), each.getIssuerX500Principal()))
        .distinct()
        .flatMap(name -> bySubject.getOrDefault(value(name), List.of()).stream())
        .toList();
  }

  private static List<X509Certificate> read(List<Pem.Block> certificates) {
    return certificates.stream().flatMap(each -> each.certificate().stream()).toList();
  }

  private static X509ExtendedTrustManager trusting(@Nullable List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    return Tls.verifier(certificates == null ? null : Tls.storeOf(certificates));
  }

  private static ByteBuffer value(X500Principal name) {
    try {
      return value(new ByteArrayInputStream(name.getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException("the JDK writes DER", e);
    }
  }

  /// The subject of a certificate, as RFC 5280 places it. What follows it is not read.
  private static ByteBuffer subject(InputStream certificate) throws IOException {
    enter(certificate);
    enter(certificate); // the part that is signed
    if (certificate.read() == VERSION) {
      rest(certificate);
      certificate.read();
    }
    rest(certificate); // serial number
    value(certificate); // algorithm of the signature
    value(certificate); // issuer
    value(certificate); // validity
    return value(certificate);
  }

  /// Reads a value of DER with its tag and length.
  private static ByteBuffer value(InputStream der) throws IOException {
    der.read();
    return rest(der);
  }

  /// Reads a value of DER whose tag has been read.
  private static ByteBuffer rest(InputStream der) throws IOException {
    return ByteBuffer.wrap(der.readNBytes(length(der)));
  }

  /// Reads the tag and length of a value of DER.
  private static void enter(InputStream der) throws IOException {
    der.read();
    length(der);
  }

  private static int length(InputStream der) throws IOException {
    int first = der.read();
    int length = first < 0x80 ? first : 0;
    for (int i = 0x80; i < first; i++) {
      length = (length << 8) | der.read();
    }
    if (length < 0) {
      throw new EOFException("no length of DER");
    }
    return length;
  }
}
