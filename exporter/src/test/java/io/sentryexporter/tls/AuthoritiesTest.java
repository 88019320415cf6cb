package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.testing.Pki;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

class AuthoritiesTest {
  private final X509Certificate authority = certificate("ca.pem");
  private final X509Certificate server = certificate("server.pem");
  private final X509Certificate stranger = certificate("stranger.pem");

  @Test
  void theIssuersThatAChainNamesAreTriedFirstThenAll() {
    var authorities = in(Pki.text("ed25519.pem"), Pki.text("ca.pem"), Pki.text("second.pem"));

    assertThat(triedInVain(authorities, server))
        .containsExactly(
            Set.of(authority),
            Set.of(certificate("ed25519.pem"), authority, certificate("second.pem")));
  }

  @Test
  void noOthersAreReadIfTheCheckPassesWithThese() throws Exception {
    var tried = new ArrayList<Set<X509Certificate>>();

    in(Pki.text("second.pem"), Pki.text("ca.pem"))
        .check(new X509Certificate[] {server}, jdk -> tried.add(trusted(jdk)));

    assertThat(tried).containsExactly(Set.of(authority));
  }

  @Test
  void aCertificateThatIsTrustedItselfIsTriedFirstToo() {
    assertThat(triedInVain(in(Pki.text("server.pem"), Pki.text("second.pem")), server))
        .first()
        .isEqualTo(Set.of(server));
  }

  @Test
  void allAreTriedAtOnceIfTheChainNamesNone() {
    assertThat(triedInVain(in(Pki.text("ca.pem"), Pki.text("second.pem")), stranger))
        .containsExactly(Set.of(authority, certificate("second.pem")));
  }

  @Test
  void allOfOneNameAreTriedTogether() {
    var authorities = in(Pki.text("namesake.pem"), Pki.text("ca.pem"), Pki.text("second.pem"));

    assertThat(triedInVain(authorities, server))
        .first()
        .isEqualTo(Set.of(authority, certificate("namesake.pem")));
  }

  @Test
  void aFailureIsTheOneWithAll() {
    var authorities = in(Pki.text("ca.pem"), Pki.text("second.pem"));

    assertThatThrownBy(() ->
            authorities.check(
                new X509Certificate[] {server},
                jdk -> {
                  throw new CertificateException(trusted(jdk).size() + " trusted");
                }))
        .hasMessage("2 trusted");
  }

  @Test
  void everyRootOfTheJavaRuntimeIsFoundByItsName() throws Exception {
    var roots = List.of(Tls.verifier(null).getAcceptedIssuers());
    assertThat(roots).hasSizeGreaterThan(20);
    var authorities = in(roots.stream().map(AuthoritiesTest::pem).toArray(String[]::new));

    for (X509Certificate root : roots) {
      assertThat(triedInVain(authorities, root))
          .hasSize(2)
          .first()
          .satisfies(named -> assertThat(named).contains(root).hasSizeLessThan(5));
    }
  }

  @Test
  void damagedCertificatesDoNotKeepTheOthersFromBeingFound() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] whole = authority.getEncoded();
    for (int round = 0; round < 2_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        damaged[random.nextInt(Math.min(damaged.length, 300))] = (byte) random.nextInt();
      }
      byte[] cut = Arrays.copyOf(damaged, random.nextInt(1, damaged.length + 1));
      assertThat(triedInVain(in(pem(cut), Pki.text("server.pem")), server))
          .as("seed %d, round %d", seed, round)
          .first()
          .satisfies(named -> assertThat(named).contains(server));
    }
  }

  @Test
  void aTextWithoutReadableCertificatesHasNone() {
    assertThat(Authorities.in(Stream.of("", pem(new byte[] {0x30, 0x00}), Pki.text("server.key"))))
        .isEmpty();
  }

  private static Authorities in(String... texts) {
    return Authorities.in(Stream.of(texts)).orElseThrow();
  }

  /// The authorities of each check, if none passes.
  private static List<Set<X509Certificate>> triedInVain(
      Authorities authorities, X509Certificate... chain) {
    var tried = new ArrayList<Set<X509Certificate>>();
    assertThatThrownBy(() ->
            authorities.check(
                chain,
                jdk -> {
                  tried.add(trusted(jdk));
                  throw new CertificateException("not trusted");
                }))
        .hasMessage("not trusted");
    return tried;
  }

  private static Set<X509Certificate> trusted(X509ExtendedTrustManager jdk) {
    return Set.of(jdk.getAcceptedIssuers());
  }

  private static X509Certificate certificate(String file) {
    try {
      return Pem.certificates(Pki.text(file)).getFirst();
    } catch (Pem.Unreadable e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem(certificate.getEncoded());
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(byte[] der) {
    String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return Stream.of("-----BEGIN CERTIFICATE-----", text, "-----END CERTIFICATE-----")
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
