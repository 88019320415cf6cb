package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a client speaks TLS: the authorities that it trusts, its own certificate, and the versions.
///
/// @param ca trusted instead of the authorities of the environment
/// @param certificate the client's own, then those of its issuers; null, as `key`, for none
/// @param serverName the name that the server's certificate must have; empty: the host's
/// @param verification whether the server's certificate is checked
/// @param protocols the versions of TLS that are spoken, by the names of Java
public record TlsSettings(
    @Nullable Source ca,
    @Nullable Source certificate,
    @Nullable Source key,
    String serverName,
    Verification verification,
    List<String> protocols) {
  private static final int LARGEST_FILE_BYTES = 1 << 20;

  public TlsSettings {
    protocols = List.copyOf(protocols);
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate and its key come together");
    }
  }

  /// Whether the server's certificate is checked.
  public enum Verification {
    CHECKED,
    SKIPPED
  }

  /// The same for a proxy on the way, which sees neither the client's certificate nor the server's
  /// name.
  public TlsSettings ofProxy() {
    return new TlsSettings(ca, null, null, "", verification, protocols);
  }

  /// The trusted authorities.
  ///
  /// @throws Pem.Unreadable if there is none; the message names the key of the configuration
  public static List<X509Certificate> authorities(Source ca) throws Pem.Unreadable {
    var readable = Pem.readableCertificates(ca.text());
    return readable.isEmpty() ? Pem.authorities(ca.text()) : readable;
  }

  /// The client's certificate with its key.
  ///
  /// @throws Pem.Unreadable if one of them cannot be read, or they do not belong together
  public static Identity identity(Source certificate, Source key) throws Pem.Unreadable {
    return Identity.of(Pem.certificates(certificate.text()), Pem.privateKey(key.text()));
  }

  /// What shows that a file has changed; equal as long as none has.
  List<Object> stamps() {
    return Stream.of(ca, certificate, key).filter(Objects::nonNull).map(Source::stamp).toList();
  }

  /// Where PEM comes from.
  public sealed interface Source {
    /// The text as it is now.
    ///
    /// @throws Pem.Unreadable if the file cannot be read
    String text() throws Pem.Unreadable;

    /// What shows that the text has changed.
    Object stamp();

    /// A text in the configuration.
    record Text(Secret pem) implements Source {
      @Override
      public String text() {
        return pem.reveal();
      }

      @Override
      public Object stamp() {
        return "";
      }
    }

    /// A file, read when a connection is opened after it has changed.
    record InFile(Path path) implements Source {
      @Override
      public String text() throws Pem.Unreadable {
        try {
          return new String(SmallFile.read(path, LARGEST_FILE_BYTES), ISO_8859_1);
        } catch (IOException e) {
          throw new Pem.Unreadable(e.getMessage() + "; name a PEM file that this user can read");
        }
      }

      /// Also of the file that a link leads to now: Kubernetes replaces links.
      @Override
      public Object stamp() {
        try {
          var now = Files.readAttributes(path, BasicFileAttributes.class);
          return Arrays.asList(now.lastModifiedTime(), now.size(), now.fileKey());
        } catch (IOException _) {
          return "unreadable";
        }
      }
    }
  }
}
