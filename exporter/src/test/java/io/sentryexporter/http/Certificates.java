package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.testing.Program;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/// An authority, servers' certificates of all kinds that it has signed, and one that it has not.
///
/// `good`, `expired` and `future` are for localhost, `other` for sentry.example, `self` is signed
/// by itself.
public record Certificates(Path folder) {
  private static final String PASSWORD = "changeit";

  public static Certificates in(Path folder) {
    var made = new Certificates(folder);
    var here = "SAN=DNS:localhost,IP:127.0.0.1";
    made.pair("ca", "-ext", "bc:c");
    made.keytool("-exportcert", "-rfc", "-alias", "ca", "-file", made.authority().toString());
    made.signed("good", here);
    made.signed("expired", here, "-startdate", "2020/01/01 00:00:00", "-validity", "30");
    made.signed("future", here, "-startdate", "+30d");
    made.signed("other", "SAN=DNS:sentry.example,DNS:www.sentry.example");
    made.pair("self", "-ext", here);
    return made;
  }

  /// The authority's certificate in PEM.
  public Path authority() {
    return folder.resolve("ca.pem");
  }

  /// A certificate with its chain, in PEM.
  String certificate(String alias) throws GeneralSecurityException, IOException {
    var pem = new StringBuilder();
    for (var each : keys().getCertificateChain(alias)) {
      pem.append(pem("CERTIFICATE", each.getEncoded()));
    }
    return pem.toString();
  }

  /// Its private key, in PEM.
  String key(String alias) throws GeneralSecurityException, IOException {
    return pem("PRIVATE KEY", keys().getKey(alias, PASSWORD.toCharArray()).getEncoded());
  }

  /// A socket of loopback that speaks TLS with a certificate.
  public ServerSocket listener(String alias, String... versions)
      throws GeneralSecurityException, IOException {
    var listener =
        (SSLServerSocket)
            context(alias)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    if (versions.length > 0) {
      listener.setEnabledProtocols(versions);
    }
    return listener;
  }

  /// TLS of a server that trusts the authority.
  public SSLContext context(String alias) throws GeneralSecurityException, IOException {
    var all = keys();
    var one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    one.setKeyEntry(
        alias,
        all.getKey(alias, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        all.getCertificateChain(alias));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(one, PASSWORD.toCharArray());
    var authority = KeyStore.getInstance("PKCS12");
    authority.load(null, null);
    authority.setCertificateEntry("ca", all.getCertificate("ca"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authority);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyStore keys() throws GeneralSecurityException, IOException {
    var all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("keys"))) {
      all.load(in, PASSWORD.toCharArray());
    }
    return all;
  }

  private static String pem(String type, byte[] der) {
    var text = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, text, type);
  }

  private void signed(String alias, String names, String... more) {
    var arguments = new ArrayList<>(List.of("-signer", "ca", "-ext", names));
    arguments.addAll(List.of(more));
    pair(alias, arguments.toArray(String[]::new));
  }

  private void pair(String alias, String... more) {
    var name = alias.equals("ca") ? "CN=Our Authority" : "CN=" + alias;
    var arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", name));
    arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    arguments.addAll(List.of(more));
    keytool(arguments.toArray(String[]::new));
  }

  private void keytool(String... arguments) {
    var command = new ArrayList<Object>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool"));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", folder.resolve("keys"), "-storepass", PASSWORD));
    Program.read(Program.NO_INPUT, folder, command.toArray());
  }
}
