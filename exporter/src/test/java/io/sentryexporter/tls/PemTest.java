package io.sentryexporter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.testing.Pki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
  @ParameterizedTest
  @CsvSource({
    "server.key, server, PKCS#8",
    "server.pkcs1.key, server, PKCS#1",
    "both.pem, server, a certificate after it",
    "ec.key, ec, PKCS#8 of a curve",
    "ec.sec1.key, ec, SEC1",
    "ec.parameters.key, ec, SEC1 after its parameters",
    "second.key, second, P-256",
    "ed25519.key, ed25519, Ed25519",
  })
  void aPrivateKeyIsReadInEveryFormThatOpensslWrites(String file, String owner, String form)
      throws Exception {
    var key = Pem.privateKey(Pki.text(file));

    assertThat(Identity.of(Pem.certificates(Pki.text(owner + ".pem")), key).keyManagers())
        .as(form)
        .isNotEmpty();
  }

  @Test
  void aBlockEndsAtTheNextEndLineAsInGo() throws Exception {
    String certificate = Pki.text("ec.pem");
    String cut = "-----BEGIN A-----\nx\n-----END B-----\n";

    assertThat(Pem.certificates(cut + certificate)).hasSize(1);
    assertThat(Pem.certificates(certificate + cut + "-----END A-----")).hasSize(1);
    assertThat(Pem.certificates("-----END CERTIFICATE-----\n" + certificate)).hasSize(1);
  }

  @Test
  void aKeyUnderTheNameOfAnotherFormIsReadAsInGo() throws Exception {
    for (String file : new String[] {"server.pkcs1.key", "ec.sec1.key"}) {
      String renamed = Pki.text(file).replaceAll("(RSA|EC) PRIVATE KEY", "PRIVATE KEY");
      assertThat(Pem.privateKey(renamed)).isEqualTo(Pem.privateKey(Pki.text(file)));
    }
  }

  @Test
  void allCertificatesOfAFileAreReadInTheirOrderWithTextBetweenThem() throws Exception {
    var chain = Pem.certificates(Pki.text("both.pem") + "\n# the end\n" + Pki.text("ec.pem"));

    assertThat(chain)
        .extracting(certificate -> certificate.getSubjectX500Principal().getName())
        .containsExactly("CN=server", "CN=Test Authority", "CN=ec");
    assertThat(Pem.certificates(Pki.text("server.text.pem"))).hasSize(1);
    assertThat(Pem.certificates(Pki.text("server.pem").replace("\n", "\r\n"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no.pem            | no private key; write PEM, text that begins with -----BEGIN",
        "server.pem        | no private key, but a block \"CERTIFICATE\"; this and the"
            + " certificate may be swapped",
        "encrypted.key     | the private key is encrypted; decrypt it: openssl pkey -in key.pem"
            + " -out plain.pem",
        "encrypted.old.key | the private key is encrypted; decrypt it: openssl pkey -in key.pem"
            + " -out plain.pem",
      })
  void aKeyThatCannotBeReadIsExplained(String file, String message) {
    assertThatThrownBy(() -> Pem.privateKey(Pki.text(file)))
        .isInstanceOf(Pem.Unreadable.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no.pem      | no certificate; write PEM, text that begins with -----BEGIN",
        "server.key  | no certificate, but a block \"PRIVATE KEY\"; this and the private key may be"
            + " swapped",
        "damaged.pem | certificate 1 is damaged; copy the file anew",
      })
  void aCertificateThatCannotBeReadIsExplained(String file, String message) {
    assertThatThrownBy(() -> Pem.certificates(Pki.text(file)))
        .isInstanceOf(Pem.Unreadable.class)
        .hasMessage(message);
  }

  @Test
  void aDamagedKeyIsExplainedWithoutShowingIt() {
    String damaged = Pki.text("server.key").replaceFirst("\n.{40}", "\nAAAA");
    assertThatThrownBy(() -> Pem.privateKey(damaged))
        .hasMessage(
            "the private key is damaged or of an unknown kind; use RSA, P-256, P-384, P-521 or"
                + " Ed25519");
    assertThatThrownBy(() -> Pem.privateKey(Pki.text("server.key").replaceFirst("\nM", "\n%A")))
        .isInstanceOf(Pem.Unreadable.class);
  }

  @ParameterizedTest
  @CsvSource({"server, second", "second, server", "ec, second", "ed25519, server"})
  void aKeyOfAnotherCertificateIsRefused(String certificate, String key) throws Exception {
    var chain = Pem.certificates(Pki.text(certificate + ".pem"));
    var privateKey = Pem.privateKey(Pki.text(key + ".key"));

    assertThatThrownBy(() -> Identity.of(chain, privateKey))
        .isInstanceOf(Pem.Unreadable.class)
        .hasMessageStartingWith("the private key is not that of the first certificate");
  }
}
