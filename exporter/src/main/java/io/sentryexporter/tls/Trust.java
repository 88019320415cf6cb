package io.sentryexporter.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The trusted certificates: PEM files, and folders of them. Read when first needed.
///
/// @param files all of them must be readable
/// @param folders what in them is not a certificate is passed over
public record Trust(List<Path> files, List<Path> folders) {
  /// The system's own: its bundle where one is known, else that of the Java runtime.
  public static final Trust SYSTEM = new Trust(List.of(), List.of());

  /// Where Linux distributions and BSDs keep the bundle, as Go's crypto/x509 looks for it.
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  public Trust {
    files = List.copyOf(files);
    folders = List.copyOf(folders);
  }

  /// Reads SSL_CERT_FILE and SSL_CERT_DIR (folders, colon between them). What they name is believed
  /// instead of the system's bundle.
  public static Trust fromEnvironment(Map<String, String> environment) {
    return new Trust(
        paths(environment.getOrDefault("SSL_CERT_FILE", ""), "\0"),
        paths(environment.getOrDefault("SSL_CERT_DIR", ""), ":"));
  }

  /// What is wrong with what the environment names, and how to fix it; empty if nothing is. Reads
  /// no certificate, which takes long.
  public Optional<String> fault() {
    for (Path file : files) {
      try {
        if (!Pem.hasCertificate(Files.readString(file, ISO_8859_1))) {
          return Optional.of(
              "SSL_CERT_FILE: no certificate in " + file + "; name a PEM file that has them");
        }
      } catch (IOException _) {
        return Optional.of(
            "SSL_CERT_FILE: " + file + " cannot be read; name a PEM file that this user can read");
      }
    }
    return folders.stream()
        .filter(folder -> !Files.isDirectory(folder) || !Files.isReadable(folder))
        .findFirst()
        .map(folder ->
            "SSL_CERT_DIR: " + folder + " cannot be read; name a folder that this user can read");
  }

  /// All PEM files to read; none means the Java runtime's own certificates.
  ///
  /// @throws IOException if a folder cannot be listed
  List<Path> pemFiles() throws IOException {
    if (files.isEmpty() && folders.isEmpty()) {
      return BUNDLES.stream().filter(Files::isReadable).limit(1).toList();
    }
    var all = new ArrayList<>(files);
    for (var folder : folders) {
      try (var entries = Files.list(folder)) {
        entries.filter(Files::isRegularFile).sorted().forEach(all::add);
      }
    }
    return all;
  }

  private static List<Path> paths(String list, String separator) {
    return Arrays.stream(list.split(separator, -1))
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .toList();
  }
}
