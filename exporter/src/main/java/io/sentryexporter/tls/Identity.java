package io.sentryexporter.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/// A certificate and its private key, with which a server or a client proves who it is.
///
/// @param chain the certificate, then those of its issuers
public record Identity(List<X509Certificate> chain, PrivateKey key) {
  private static final char[] NO_PASSWORD = {};
  private static final byte[] ANY_TEXT = {1, 2, 3};

  public Identity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("no certificate");
    }
  }

  /// Joins a certificate and a key, both from [Pem].
  ///
  /// @throws Pem.Unreadable if the key is not the first certificate's
  public static Identity of(List<X509Certificate> chain, PrivateKey key) throws Pem.Unreadable {
    if (!isKeyOf(chain.getFirst(), key)) {
      throw new Pem.Unreadable(
          "the private key is not that of the first certificate; name the two that belong together,"
              + " and the server's certificate before its issuer's");
    }
    return new Identity(chain, key);
  }

  /// Whether the certificate's public key believes what the private one signs.
  private static boolean isKeyOf(X509Certificate certificate, PrivateKey key) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    try {
      var signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(ANY_TEXT);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(ANY_TEXT);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // a key of another algorithm
    }
  }

  /// What [javax.net.ssl.SSLContext#init] takes.
  public KeyManager[] keyManagers() throws GeneralSecurityException {
    try {
      var store = KeyStore.getInstance("JKS"); // in memory only; the default one encrypts slowly
      store.load(null, null);
      store.setKeyEntry("key", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      return managers.getKeyManagers();
    } catch (IOException e) {
      throw new GeneralSecurityException("a key store in memory cannot be made", e);
    }
  }
}
