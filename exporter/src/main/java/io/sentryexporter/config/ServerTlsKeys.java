package io.sentryexporter.config;

import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.Secret;
import io.sentryexporter.tls.Identity;
import io.sentryexporter.tls.Pem;
import io.sentryexporter.tls.ServerTls;
import io.sentryexporter.tls.ServerTls.ClientAuth;
import io.sentryexporter.tls.ServerTls.Order;
import io.sentryexporter.tls.TlsSettings;
import io.sentryexporter.tls.TlsSettings.Source;
import io.sentryexporter.tls.TlsVersion;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The keys of TLS in a web configuration file, and how they are read.
final class ServerTlsKeys {
  /// What Go's crypto/tls calls cipher suites, those that it takes for weak left out.
  private static final Set<String> CIPHER_SUITES =
      Set.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          // weak since Go 1.22
          "TLS_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_CBC_SHA",
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_GCM_SHA384");

  /// What is no secret, however long.
  private static final Pattern NAME = Pattern.compile("[A-Z0-9_]{1,64}");

  /// Elliptic curves, by Go's names and Java's.
  private static final Map<String, String> CURVES =
      Map.of(
          "CurveP256", "secp256r1",
          "CurveP384", "secp384r1",
          "CurveP521", "secp521r1",
          "X25519", "x25519");

  private static final Key<String> CERT =
      Key.string("cert", "The same as the content of `cert_file`, in PEM.");
  private static final Key<String> CERT_FILE =
      Key.text(
          "cert_file",
          "<file>",
          "PEM file of the certificate, followed by those of its issuers. Relative to this file.",
          "",
          (text, _) -> text);
  private static final Key<String> KEY =
      Key.text(
          "key",
          "<secret>",
          "The same as the content of `key_file`, in PEM.",
          "",
          (text, _) -> text);
  private static final Key<String> KEY_FILE =
      Key.text(
          "key_file",
          "<file>",
          "PEM file of the certificate's private key: PKCS#8, PKCS#1 or SEC1, not encrypted.",
          "",
          (text, _) -> text);
  private static final Key<String> CLIENT_CA =
      Key.string("client_ca", "The same as the content of `client_ca_file`, in PEM.");
  private static final Key<String> CLIENT_CA_FILE =
      Key.text(
          "client_ca_file",
          "<file>",
          "PEM file of the authorities with which certificates of clients are verified. Absent:"
              + " those that the Java runtime trusts.",
          "",
          (text, _) -> text);
  private static final Key<String> CLIENT_AUTH_TYPE =
      Key.text(
          "client_auth_type",
          "<type>",
          "Whether clients must show a certificate. Only `RequireAndVerifyClientCert` keeps others"
              + " out.",
          "",
          ServerTlsKeys::clientAuthWord);
  private static final Key<List<String>> CLIENT_ALLOWED_SANS =
      Key.string(
              "client_allowed_sans",
              "Alternative names (DNS, IP, email or URI) of which a client's certificate must have"
                  + " at least one. Absent: any.")
          .list();
  private static final Key<TlsVersion> MIN_VERSION =
      version("min_version", "Oldest version of TLS that is spoken. Before TLS12 none is.")
          .byDefault(TlsVersion.TLS12);
  private static final Key<TlsVersion> MAX_VERSION =
      version("max_version", "Newest version of TLS that is spoken.").byDefault(TlsVersion.TLS13);
  private static final Key<List<String>> CIPHERS =
      Key.text(
              "cipher_suites",
              "<suite>",
              "Cipher suites up to TLS 1.2, by their IANA names. Those of TLS 1.3 are always on."
                  + " Absent: the Java runtime's.",
              "",
              ServerTlsKeys::cipherSuite)
          .list();
  private static final Key<Boolean> PREFER_SERVER =
      Key.yesOrNo(
              "prefer_server_cipher_suites",
              "Whether the order of `cipher_suites` counts, and not the client's.")
          .byDefault(true);
  private static final Key<List<String>> CURVE_PREFERENCES =
      Key.text(
              "curve_preferences",
              "<curve>",
              "Elliptic curves for the key exchange, in the order of preference. Absent: the Java"
                  + " runtime's.",
              "",
              ServerTlsKeys::curve)
          .list();

  static final Key<YamlMap> TLS =
      Key.mapping(
          "tls_server_config",
          "TLS. Absent: HTTP without TLS. Switching TLS on or off needs a restart.",
          CERT,
          CERT_FILE,
          KEY,
          KEY_FILE,
          CLIENT_CA,
          CLIENT_CA_FILE,
          CLIENT_AUTH_TYPE,
          CLIENT_ALLOWED_SANS,
          MIN_VERSION,
          MAX_VERSION,
          CIPHERS,
          PREFER_SERVER,
          CURVE_PREFERENCES);

  /// Keys of which one means that TLS is wanted, as in the toolkit.
  private static final List<Key<String>> SWITCHING_ON =
      List.of(CERT, CERT_FILE, KEY, KEY_FILE, CLIENT_CA, CLIENT_CA_FILE, CLIENT_AUTH_TYPE);

  private final Path folder;
  private final Collection<Path> files;

  /// Reads what a key has, or the file that it names.
  private interface PemReader<T> {
    T read(Source source) throws Pem.Unreadable;
  }

  /// @param folder what relative paths are relative to
  /// @param files gets those that are read
  ServerTlsKeys(Path folder, Collection<Path> files) {
    this.folder = folder;
    this.files = files;
  }

  private static Key<TlsVersion> version(String name, String help) {
    return Key.oneOf(
        name,
        "<version>",
        help,
        List.of(TlsVersion.TLS12, TlsVersion.TLS13),
        List.of(TlsVersion.TLS10, TlsVersion.TLS11),
        TlsVersion::name);
  }

  private static @Nullable String cipherSuite(String text, Location location) {
    if (CIPHER_SUITES.contains(text)) {
      return text;
    }
    var usable = CIPHER_SUITES.stream().filter(ServerTls::isSupported).toList();
    return unknown(text, usable, "cipher suite", location);
  }

  private static @Nullable String curve(String text, Location location) {
    return CURVES.containsKey(text) ? text : unknown(text, CURVES.keySet(), "curve", location);
  }

  /// Null, after an error that suggests one of the names.
  private static @Nullable String unknown(
      String text, Collection<String> names, String kind, Location location) {
    var sorted = names.stream().sorted().toList();
    location.error(
        (NAME.matcher(text).matches() ? '"' + text + '"' : Quoted.of(text))
            + " is not a "
            + kind
            + " of Go's crypto/tls, or a weak one; "
            + Misspelling.closest(text, sorted)
                .map(closest -> "did you mean \"" + closest + "\"?")
                .orElseGet(() -> "known here: " + String.join(", ", sorted)));
    return null;
  }

  private static @Nullable String clientAuthWord(String text, Location location) {
    // an old name, and none
    String word = text.equals("RequireClientCert") ? "RequireAnyClientCert" : text;
    var words = Arrays.stream(ClientAuth.values()).map(ClientAuth::word).toList();
    if (word.isEmpty() || words.contains(word)) {
      return word;
    }
    location.error(Quoted.of(text) + " is not known here; write " + String.join(" or ", words));
    return null;
  }

  /// The TLS of a file; null if it has none, or an error.
  @Nullable ServerTls read(YamlMap yaml) {
    var protocols = protocols(yaml);
    var cipherSuites = cipherSuites(yaml);
    var groups = yaml.get(CURVE_PREFERENCES).stream().map(CURVES::get).toList();
    var order = yaml.get(PREFER_SERVER) ? Order.SERVERS : Order.CLIENTS;
    var clientAuth = clientAuth(yaml);
    var authorities = pem(yaml, CLIENT_CA, CLIENT_CA_FILE, TlsSettings::authorities);
    if (yaml.lacks(CLIENT_AUTH_TYPE) || !yaml.get(CLIENT_AUTH_TYPE).isEmpty()) {
      checkClientKeys(yaml, clientAuth);
    }
    if (SWITCHING_ON.stream().allMatch(key -> yaml.get(key).isEmpty())) {
      if (TLS.children().stream().anyMatch(key -> !yaml.lacks(key))) {
        yaml.location(CERT_FILE).warn("missing, so there is no TLS; write it, and key_file");
      }
      return null;
    }
    var identity = identity(yaml);
    if (identity != null && !protocols.contains("TLSv1.3")) {
      checkSuites(yaml, cipherSuites, identity.key().getAlgorithm());
    }
    return identity == null || protocols.isEmpty()
        ? null
        : new ServerTls(
            new ServerTls.Settings(
                identity,
                clientAuth,
                authorities == null ? List.of() : authorities,
                yaml.lacks(CLIENT_ALLOWED_SANS) ? null : Set.copyOf(yaml.get(CLIENT_ALLOWED_SANS)),
                protocols,
                cipherSuites,
                order,
                groups));
  }

  private @Nullable Identity identity(YamlMap yaml) {
    var chain = pem(yaml, CERT, CERT_FILE, source -> Pem.certificates(source.text()));
    var key = pem(yaml, KEY, KEY_FILE, source -> Pem.privateKey(source.text()));
    requireEither(yaml, CERT, CERT_FILE);
    requireEither(yaml, KEY, KEY_FILE);
    if (chain == null || key == null) {
      return null;
    }
    try {
      return Identity.of(chain, key);
    } catch (Pem.Unreadable e) {
      location(yaml, KEY, KEY_FILE).error(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static void requireEither(YamlMap yaml, Key<String> inline, Key<String> inFile) {
    if (yaml.get(inline).isEmpty() && yaml.get(inFile).isEmpty()) {
      yaml.location(inFile).error("missing, and " + inline.name() + " too; write one of them");
    }
  }

  /// The one of two keys that counts.
  private static Location location(YamlMap yaml, Key<String> inline, Key<String> inFile) {
    return yaml.location(yaml.get(inFile).isEmpty() ? inline : inFile);
  }

  /// What a key has, or the file that another names; null if neither is given, or after an error.
  private <T> @Nullable T pem(
      YamlMap yaml, Key<String> inline, Key<String> inFile, PemReader<T> reader) {
    String text = yaml.get(inline);
    String name = yaml.get(inFile);
    var location = location(yaml, inline, inFile);
    if (!name.isEmpty() && !text.isEmpty()) {
      yaml.location(inline).warn("not used, for " + inFile.name() + " is there; remove one");
    }
    try {
      if (!name.isEmpty()) {
        return reader.read(new Source.InFile(file(name)));
      }
      return text.isEmpty() ? null : reader.read(new Source.Text(new Secret(text)));
    } catch (InvalidPathException _) {
      location.error(
          "not the name of a file; write one, or its content as " + inline.name() + ": instead");
    } catch (Pem.Unreadable e) {
      location.error(String.valueOf(e.getMessage()));
    }
    return null;
  }

  private Path file(String name) {
    if (name.contains("-----BEGIN")) {
      throw new InvalidPathException("", "PEM");
    }
    Path file = folder.resolve(name);
    files.add(file);
    return file;
  }

  private static ClientAuth clientAuth(YamlMap yaml) {
    String word = yaml.get(CLIENT_AUTH_TYPE);
    return Arrays.stream(ClientAuth.values())
        .filter(type -> type.word().equals(word))
        .findFirst()
        .orElse(ClientAuth.NO_CLIENT_CERT);
  }

  private static void checkClientKeys(YamlMap yaml, ClientAuth clientAuth) {
    String wanted = "; write client_auth_type: RequireAndVerifyClientCert";
    boolean namesAuthorities =
        !yaml.get(CLIENT_CA).isEmpty() || !yaml.get(CLIENT_CA_FILE).isEmpty();
    if (namesAuthorities && clientAuth == ClientAuth.NO_CLIENT_CERT) {
      location(yaml, CLIENT_CA, CLIENT_CA_FILE)
          .error("no certificate of a client is requested, let alone verified" + wanted);
    }
    if (clientAuth.isVerified() && !namesAuthorities) {
      yaml.location(CLIENT_AUTH_TYPE)
          .warn(
              "client_ca_file is missing, so clients of every authority that the Java runtime"
                  + " trusts are accepted; write it");
    }
    if (!yaml.lacks(CLIENT_ALLOWED_SANS)) {
      if (yaml.isEmptyList(CLIENT_ALLOWED_SANS)) {
        yaml.location(CLIENT_ALLOWED_SANS)
            .error("no name, so no client would be accepted; write one");
      }
      if (!clientAuth.isRequired()) {
        yaml.location(CLIENT_ALLOWED_SANS)
            .error("clients may come without a certificate, and so without a name" + wanted);
      }
    }
  }

  private static List<String> protocols(YamlMap yaml) {
    var min = yaml.get(MIN_VERSION);
    var max = yaml.get(MAX_VERSION);
    var protocols = TlsVersion.protocols(min, max);
    if (!max.isSpoken()) {
      yaml.location(MAX_VERSION)
          .error("versions before TLS12 are not spoken, so none is left; write TLS12 or TLS13");
    } else if (protocols.isEmpty()) {
      yaml.location(MIN_VERSION).error("above max_version, which is " + max + "; write " + max);
    } else if (!min.isSpoken()) {
      yaml.location(MIN_VERSION)
          .warn("versions before TLS12 are not spoken; clients that have no later one are refused");
    }
    return protocols;
  }

  /// Up to TLS 1.2 a cipher suite is for one kind of key.
  private static void checkSuites(YamlMap yaml, List<String> suites, String algorithm) {
    var kind = algorithm.equals("RSA") ? "RSA" : "ECDSA"; // which is for Ed25519 too
    var usable = suites.stream().filter(ServerTls::isSupported).toList();
    if (!usable.isEmpty() && usable.stream().noneMatch(suite -> suite.contains("_" + kind + "_"))) {
      yaml.location(CIPHERS)
          .error(
              "none is for the certificate, whose key is %s, and TLS13 is off, so no client could"
                      .formatted(algorithm)
                  + " connect; add one with ECDHE_%s, or remove max_version".formatted(kind));
    }
  }

  /// Those that the Java runtime has; a list of which none is left is an error.
  private static List<String> cipherSuites(YamlMap yaml) {
    var written = yaml.get(CIPHERS);
    var missing = written.stream().filter(suite -> !ServerTls.isSupported(suite)).toList();
    if (missing.isEmpty()) {
      return written;
    }
    String list = String.join(", ", missing);
    if (missing.size() == written.size()) {
      yaml.location(CIPHERS)
          .error(
              "the Java runtime has switched off all of these as weak: "
                  + list
                  + "; add one with ECDHE, or remove the key");
    } else {
      yaml.location(CIPHERS).warn("the Java runtime has switched off as weak, so unused: " + list);
    }
    return written;
  }
}
