package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Certificates and private keys in PEM, with any text between their blocks.
///
/// What Go's crypto/tls reads is read, from the same block. No message shows the content.
public final class Pem {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
  private static final String END = "-----END ";
  private static final Pattern HEADER = Pattern.compile("(?m)^[^:\n]*:.*$");
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "Ed25519");
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] VERSION_0 = HEX.parseHex("020100");
  private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC_PUBLIC_KEY = HEX.parseHex("06072a8648ce3d0201");

  /// P-256, P-384 and P-521, each as the optional field 0 of SEC1's key.
  private static final List<String> CURVES =
      List.of("a00a06082a8648ce3d030107", "a00706052b81040022", "a00706052b81040023");

  private Pem() {}

  /// What stands between a BEGIN line and its END line.
  ///
  /// @param type as the lines name it, such as `CERTIFICATE`
  record Block(String type, String body) {
    byte[] der() throws Unreadable {
      try {
        String base64 = body.indexOf(':') < 0 ? body : HEADER.matcher(body).replaceAll("");
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException _) {
        throw new Unreadable("the block \"" + type + "\" is damaged; copy the file anew");
      }
    }

    /// Empty if it is none that can be read.
    Optional<X509Certificate> certificate() {
      try {
        return Optional.of(Pem.certificate(this, factory()));
      } catch (CertificateException | Unreadable _) {
        return Optional.empty();
      }
    }

    /// The same as [#der()], decoded only as far as it is read.
    InputStream derAsRead() {
      return Base64.getMimeDecoder().wrap(new ByteArrayInputStream(body.getBytes(ISO_8859_1)));
    }
  }

  /// The text is not what it should be; the message names what it is and how to fix it.
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }

  /// All certificates, in their order: at least one.
  ///
  /// @throws Unreadable if there is none, or one of them cannot be read
  public static List<X509Certificate> certificates(String text) throws Unreadable {
    return certificates(text, "this and the private key may be swapped");
  }

  /// The same, of authorities, which have no private key here.
  static List<X509Certificate> authorities(String text) throws Unreadable {
    return certificates(text, "name the file with certificates");
  }

  private static List<X509Certificate> certificates(String text, String insteadOfKey)
      throws Unreadable {
    var certificates = new ArrayList<X509Certificate>();
    for (var block : blocks(text, CERTIFICATE::equals, "certificate", insteadOfKey)) {
      try {
        certificates.add(certificate(block, factory()));
      } catch (CertificateException _) {
        throw new Unreadable(
            "certificate " + (certificates.size() + 1) + " is damaged; copy the file anew");
      }
    }
    return certificates;
  }

  /// Whether there is a certificate, readable or not.
  static boolean hasCertificate(String text) {
    return !certificateBlocks(text).isEmpty();
  }

  /// The certificates, of which none has been read: bundles of systems have always held odd ones.
  static List<Block> certificateBlocks(String text) {
    return blocks(text).stream().filter(block -> block.type.equals(CERTIFICATE)).toList();
  }

  /// Those that can be read.
  static List<X509Certificate> readableCertificates(String text) {
    return certificateBlocks(text).stream().flatMap(block -> block.certificate().stream()).toList();
  }

  private static X509Certificate certificate(Block block, CertificateFactory factory)
      throws CertificateException, Unreadable {
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der()));
  }

  private static CertificateFactory factory() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new IllegalStateException("every Java runtime reads X.509", e);
    }
  }

  /// The first private key: RSA, elliptic curve or Ed25519, in PKCS#8, PKCS#1 or SEC1.
  ///
  /// @throws Unreadable if there is none, or it is encrypted or of another kind
  public static PrivateKey privateKey(String text) throws Unreadable {
    var block =
        blocks(text, Pem::isPrivateKey, "private key", "this and the certificate may be swapped")
            .getFirst();
    if (block.type.startsWith("ENCRYPTED") || block.body.contains("ENCRYPTED")) {
      throw new Unreadable(
          "the private key is encrypted; decrypt it: openssl pkey -in key.pem -out plain.pem");
    }
    byte[] der = block.der();
    // Go goes by the content too: old programs put any of these names over any of the forms.
    for (byte[] form : List.of(der, pkcs8OfPkcs1(der), pkcs8OfSec1(der))) {
      for (String algorithm : KEY_ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(form));
        } catch (GeneralSecurityException _) {
          // the next may fit
        }
      }
    }
    throw new Unreadable(
        "the private key is damaged or of an unknown kind; use RSA, P-256, P-384, P-521 or"
            + " Ed25519");
  }

  private static boolean isPrivateKey(String type) {
    return type.equals(PRIVATE_KEY) || type.endsWith(" " + PRIVATE_KEY);
  }

  /// Those that the next END line ends; in time that grows with the text, for it may be any.
  private static List<Block> blocks(String text) {
    var blocks = new ArrayList<Block>();
    var begin = BEGIN.matcher(text);
    int at = 0;
    while (begin.find(at)) {
      int end = text.indexOf(END, begin.end());
      if (end < 0) {
        break;
      }
      if (text.startsWith(begin.group(1) + "-----", end + END.length())) {
        blocks.add(new Block(begin.group(1), text.substring(begin.end(), end)));
      }
      at = end + END.length();
    }
    return blocks;
  }

  /// @param ifOther the fix where there is a certificate instead of a key, or a key instead
  private static List<Block> blocks(
      String text, Predicate<String> types, String wanted, String ifOther) throws Unreadable {
    var all = blocks(text);
    var matching = all.stream().filter(block -> types.test(block.type)).toList();
    if (!matching.isEmpty()) {
      return matching;
    }
    if (all.isEmpty()) {
      throw new Unreadable("no " + wanted + "; write PEM, text that begins with -----BEGIN");
    }
    String type = all.getFirst().type;
    boolean isOther = type.equals(CERTIFICATE) || isPrivateKey(type);
    throw new Unreadable(
        "no %s, but a block \"%s\"; %s"
            .formatted(wanted, type, isOther ? ifOther : "name the file with the " + wanted));
  }

  private static byte[] pkcs8OfPkcs1(byte[] der) {
    return tagged(SEQUENCE, VERSION_0, RSA, tagged(OCTET_STRING, der));
  }

  /// An elliptic curve's key names its curve inside, where PKCS#8 has it outside.
  private static byte[] pkcs8OfSec1(byte[] der) {
    String inside = HEX.formatHex(der);
    var curve =
        CURVES.stream().filter(inside::contains).findFirst().orElse("").replaceFirst("^a0..", "");
    return tagged(
        SEQUENCE,
        VERSION_0,
        tagged(SEQUENCE, EC_PUBLIC_KEY, HEX.parseHex(curve)),
        tagged(OCTET_STRING, der));
  }

  /// A value of ASN.1 under its tag and length.
  private static byte[] tagged(int tag, byte[]... parts) {
    var value = new ByteArrayOutputStream();
    List.of(parts).forEach(value::writeBytes);
    var all = new ByteArrayOutputStream();
    all.write(tag);
    if (value.size() < 0x80) {
      all.write(value.size());
    } else {
      all.write(0x83); // the length in three bytes, more than DER needs, and every reader takes it
      all.write(value.size() >> 16);
      all.write(value.size() >> 8);
      all.write(value.size());
    }
    all.writeBytes(value.toByteArray());
    return all.toByteArray();
  }
}
