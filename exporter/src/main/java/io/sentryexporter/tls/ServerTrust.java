package io.sentryexporter.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// Checks a server's certificate with the JDK, and explains a failure in an operator's words.
public final class ServerTrust extends X509ExtendedTrustManager {
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
      return names == null ? "no host" : names.stream().map(ServerTrust::name).toList().toString();
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
