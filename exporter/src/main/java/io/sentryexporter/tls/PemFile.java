package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Certificates in a PEM file, with any text between them.
final class PemFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");

  private PemFile() {}

  /// Whether there is one, readable or not.
  static boolean hasCertificate(Path file) throws IOException {
    return BLOCK.matcher(Files.readString(file, ISO_8859_1)).find();
  }

  /// The certificates that can be read; others are passed over, as Go does: bundles of systems have
  /// always held odd ones.
  static List<Certificate> certificates(Path file, CertificateFactory factory) throws IOException {
    var certificates = new ArrayList<Certificate>();
    var blocks = BLOCK.matcher(Files.readString(file, ISO_8859_1));
    while (blocks.find()) {
      try {
        var der = Base64.getMimeDecoder().decode(blocks.group(1));
        certificates.add(factory.generateCertificate(new ByteArrayInputStream(der)));
      } catch (CertificateException | IllegalArgumentException _) {
        // passed over
      }
    }
    return certificates;
  }
}
