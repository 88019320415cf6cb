package io.sentryexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An authority of its own, and certificates that it signs, made by the real openssl as operators
/// do.
///
/// @param folder where its files are
public record OpenSsl(Path folder, Path openssl) {
  /// Makes an authority in an empty folder; skips the test where openssl is not installed.
  public static OpenSsl authorityIn(Path folder, String name) {
    var made = new OpenSsl(folder, RealParts.program("openssl", "openssl"));
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("ca.cnf"),
          """
          [ca]
          default_ca = ca
          [ca]
          database = FOLDER/index.txt
          serial = FOLDER/serial
          new_certs_dir = FOLDER
          certificate = FOLDER/authority.pem
          private_key = FOLDER/authority.key
          default_md = sha256
          policy = any
          copy_extensions = copy
          unique_subject = no
          [any]
          commonName = supplied
          """
              .replace("FOLDER", folder.toString()));
      Files.writeString(folder.resolve("index.txt"), "");
      Files.writeString(folder.resolve("serial"), "01\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    made.run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN="
            + name
            + " -keyout authority.key -out authority.pem");
    return made;
  }

  /// The authority's certificate.
  public Path authority() {
    return folder.resolve("authority.pem");
  }

  /// Signs a certificate, `name.pem` with its key `name.key`, valid for some days from now.
  public OpenSsl sign(String name, String subjectAlternativeName) {
    return sign(name, subjectAlternativeName, "-days 2");
  }

  /// Signs one that ended years ago.
  public OpenSsl signExpired(String name, String subjectAlternativeName) {
    return sign(
        name, subjectAlternativeName, "-startdate 20200101000000Z -enddate 20200201000000Z");
  }

  private OpenSsl sign(String name, String subjectAlternativeName, String validity) {
    run(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -addext subjectAltName="
            + subjectAlternativeName
            + " -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr".formatted(name));
    run(
        "ca -batch -notext -config ca.cnf -in %1$s.csr -out %1$s.pem %2$s"
            .formatted(name, validity));
    return this;
  }

  private void run(String arguments) {
    var command = new ArrayList<Object>(List.of(openssl));
    command.addAll(List.of(arguments.split(" +", -1)));
    Program.read(Program.NO_INPUT, folder, command.toArray());
  }
}
