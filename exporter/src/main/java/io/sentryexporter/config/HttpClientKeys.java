package io.sentryexporter.config;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The keys of an HTTP client, with the names and the meaning of Prometheus' own: of an instance of
/// Sentry, and of a module of `prober: http`.
final class HttpClientKeys {
  static final URI NO_URL = URI.create("");
  private static final Pattern SIZE =
      Pattern.compile("(?<number>[0-9]{1,9})(?<unit>B|KB|KiB|MB|MiB|GB|GiB)|0");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+");

  static final Key<String> TYPE =
      Key.string("type", "First word of the header, such as `Bearer`.").byDefault("Bearer");
  static final Key<String> CREDENTIALS = secret("credentials", "What follows it.");
  static final Key<String> CREDENTIALS_FILE =
      file("credentials_file", "File with what follows it; read for each request.");
  static final Key<YamlMap> AUTHORIZATION =
      Key.mapping(
          "authorization",
          "The header Authorization of each request. At most one of `authorization`, `basic_auth`"
              + " and `oauth2`; an instance that has one of them has no `auth_token`.",
          TYPE,
          CREDENTIALS,
          CREDENTIALS_FILE);

  static final Key<String> USERNAME = Key.string("username", "The user.");
  static final Key<String> USERNAME_FILE =
      file("username_file", "File with the user; read for each request.");
  static final Key<String> PASSWORD = secret("password", "The password.");
  static final Key<String> PASSWORD_FILE =
      file("password_file", "File with the password; read for each request.");
  static final Key<YamlMap> BASIC_AUTH =
      Key.mapping(
          "basic_auth",
          "User and password in the header Authorization.",
          USERNAME,
          USERNAME_FILE,
          PASSWORD,
          PASSWORD_FILE);

  static final Key<String> CA = text("ca", "<pem>", "Certificates of the authorities, as a text.");
  static final Key<String> CA_FILE =
      file(
          "ca_file",
          "File with the certificates of the authorities that may have signed the server's, in"
              + " PEM, instead of those of the system and of `SSL_CERT_FILE`.");
  static final Key<String> CERT = text("cert", "<pem>", "The client's own certificate, as a text.");
  static final Key<String> CERT_FILE =
      file(
          "cert_file",
          "File with the client's own certificate, then those of its issuers, in PEM, for a server"
              + " that wants one.");
  static final Key<String> KEY = secret("key", "The private key of that certificate, as a text.");
  static final Key<String> KEY_FILE =
      file("key_file", "File with the private key of that certificate, in PEM, not encrypted.");
  static final Key<String> SERVER_NAME =
      Key.text(
          "server_name",
          "<host>",
          "Name in the server's certificate, where it is not that of the URL.",
          "",
          HttpClientKeys::host);
  static final Key<Boolean> INSECURE_SKIP_VERIFY =
      Key.bool(
          "insecure_skip_verify",
          "Whether the server's certificate is not checked: then anyone on the way to the server"
              + " can read the token. Reported as a warning and as"
              + " `sentry_exporter_tls_insecure_skip_verify`.");
  static final Key<String> MIN_VERSION =
      Key.oneOf(
          "min_version",
          "<version>",
          "Lowest version of TLS. `TLS10` and `TLS11` are read and mean `TLS12`.",
          List.of("TLS12", "TLS13"),
          List.of("TLS11", "TLS10"),
          Function.identity());
  static final Key<String> MAX_VERSION =
      Key.oneOf(
          "max_version",
          "<version>",
          "Highest version of TLS.",
          List.of("TLS13", "TLS12"),
          Function.identity());
  static final Key<YamlMap> TLS_CONFIG =
      Key.mapping(
          "tls_config",
          "TLS with the server. Files are read again when they have changed; connections that are"
              + " open stay.",
          CA,
          CA_FILE,
          CERT,
          CERT_FILE,
          KEY,
          KEY_FILE,
          SERVER_NAME,
          INSECURE_SKIP_VERIFY,
          MIN_VERSION,
          MAX_VERSION);

  static final Key<URI> PROXY_URL =
      Key.text(
          "proxy_url",
          "<proxy>",
          "Proxy of all requests, localhost included, instead of those of the environment.",
          NO_URL,
          HttpClientKeys::proxy);
  static final Key<String> NO_PROXY =
      Key.string(
          "no_proxy",
          "Hosts that are requested without `proxy_url`: names, `.domain` for all below, addresses,"
              + " networks (`10.0.0.0/8`), each with a port if it is for that alone, separated by"
              + " commas. localhost is always one of them where this key is written.");
  static final Key<Boolean> PROXY_FROM_ENVIRONMENT =
      Key.bool(
          "proxy_from_environment",
          "Whether the variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count."
              + " Absent: true without `proxy_url`, false with it.");
  static final Key<YamlMap> PROXY_CONNECT_HEADER =
      Key.mapOf(
          "proxy_connect_header",
          "<header>: [<secret>, ...]",
          "Headers for the proxy, sent with CONNECT, as for each https URL.");

  static final Key<String> CLIENT_ID = Key.string("client_id", "Id of the client.").required();
  static final Key<String> CLIENT_SECRET = secret("client_secret", "Secret of the client.");
  static final Key<String> CLIENT_SECRET_FILE =
      file("client_secret_file", "File with the secret of the client; read for each request.");
  static final Key<URI> TOKEN_URL =
      Key.text(
              "token_url", "<url>", "Where a token is requested.", NO_URL, HttpClientKeys::tokenUrl)
          .required();
  static final Key<List<String>> SCOPES = Key.string("scopes", "Scopes of the token.").list();
  static final Key<YamlMap> ENDPOINT_PARAMS =
      Key.mapOf(
          "endpoint_params",
          "<string>: <string>",
          "Parameters that are sent with the request for a token.");
  static final Key<YamlMap> OAUTH2 =
      Key.mapping(
          "oauth2",
          "A token of OAuth 2.0 in the header Authorization, for the client's id and secret (client"
              + " credentials grant). It is requested once for all probes and kept until shortly"
              + " before its end, or until Sentry answers 401.",
          CLIENT_ID,
          CLIENT_SECRET,
          CLIENT_SECRET_FILE,
          TOKEN_URL,
          SCOPES,
          ENDPOINT_PARAMS,
          TLS_CONFIG,
          PROXY_URL,
          NO_PROXY,
          PROXY_FROM_ENVIRONMENT,
          PROXY_CONNECT_HEADER);

  static final Key<List<String>> VALUES = Key.string("values", "Values that may be shown.").list();
  static final Key<List<String>> SECRETS =
      secret("secrets", "Values that no page, log or message shows.").list();
  static final Key<List<String>> FILES =
      file("files", "Files with a value each, which is secret; read for each request.").list();
  static final Key<YamlMap> HTTP_HEADERS =
      Key.mapOf(
          "http_headers",
          "<header>",
          "Headers of each request, such as those that an access proxy in front of Sentry wants."
              + " Those that the exporter sets itself are refused.",
          VALUES,
          SECRETS,
          FILES);

  static final Key<Boolean> FOLLOW_REDIRECTS =
      Key.bool(
              "follow_redirects",
              "Whether redirects are followed, to the same scheme, host and port only. If not, they"
                  + " are answers.")
          .byDefault(true);
  static final Key<Integer> BODY_SIZE_LIMIT =
      Key.text(
          "body_size_limit",
          "<size>",
          "Maximum size of an answer, decompressed. Absent or 0: 1 MiB for a module, 32 MiB for an"
              + " instance, which is the maximum; less with a small heap.",
          0,
          HttpClientKeys::size);
  static final Key<Boolean> ENABLE_HTTP2 =
      Key.bool("enable_http2", "Accepted, since Prometheus has it; requests are HTTP/1.1 always.")
          .byDefault(true);

  static final List<Key<?>> KEYS =
      List.of(
          AUTHORIZATION,
          BASIC_AUTH,
          HTTP_HEADERS,
          TLS_CONFIG,
          PROXY_URL,
          NO_PROXY,
          PROXY_FROM_ENVIRONMENT,
          PROXY_CONNECT_HEADER,
          FOLLOW_REDIRECTS,
          BODY_SIZE_LIMIT,
          ENABLE_HTTP2,
          OAUTH2);

  private HttpClientKeys() {}

  /// The settings that a mapping has among its other keys; null if it has none of these.
  static @Nullable ClientSettings read(YamlMap yaml, ConfigEnvironment environment) {
    return isNoneOf(KEYS, yaml) ? null : new HttpClientReader(environment).read(yaml);
  }

  static boolean isNoneOf(List<Key<?>> keys, YamlMap yaml) {
    for (var key : keys) {
      if (!yaml.lacks(key)) {
        return false;
      }
    }
    return true;
  }

  private static Key<String> text(String name, String form, String help) {
    return Key.text(name, form, help, "", (text, _) -> text);
  }

  private static Key<String> secret(String name, String help) {
    return text(name, "<secret>", help);
  }

  private static Key<String> file(String name, String help) {
    return text(name, "<file>", help);
  }

  private static @Nullable String host(String text, Location location) {
    if (HOST.matcher(text).matches()) {
      return text;
    }
    location.error("not the name of a host; write one like sentry.example.org");
    return null;
  }

  private static @Nullable URI proxy(String text, Location location) {
    String fault = SentryUrl.faultOfProxy(text.strip());
    if (!fault.isEmpty()) {
      location.error(fault);
      return null;
    }
    return SentryUrl.plain(text, location, "the URL of an HTTP proxy; write http://proxy:3128");
  }

  private static @Nullable URI tokenUrl(String text, Location location) {
    var url =
        SentryUrl.plain(text, location, "a URL; write one like https://login.example.org/token");
    if (url != null && url.getRawAuthority().contains("@")) {
      location.error("a user or password in the URL; write client_id and client_secret instead");
      return null;
    }
    return url;
  }

  private static @Nullable Integer size(String text, Location location) {
    var size = SIZE.matcher(text);
    if (size.matches()) {
      long number = size.group("number") == null ? 0 : Long.parseLong(size.group("number"));
      long bytes = number << shift(size.group("unit"));
      return (int) Math.min(bytes, Integer.MAX_VALUE - 1);
    }
    location.error(Quoted.of(text) + " is not a size; write a number with a unit, such as 10MB");
    return null;
  }

  /// As Prometheus counts: 1 KB is 1,024 bytes.
  private static int shift(@Nullable String unit) {
    return switch (unit) {
      case "KB", "KiB" -> 10;
      case "MB", "MiB" -> 20;
      case "GB", "GiB" -> 30;
      case null, default -> 0;
    };
  }
}
