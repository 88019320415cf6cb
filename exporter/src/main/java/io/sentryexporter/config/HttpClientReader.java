package io.sentryexporter.config;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.ClientSettings.Authorization;
import io.sentryexporter.http.ClientSettings.BasicAuth;
import io.sentryexporter.http.ClientSettings.ExtraHeader;
import io.sentryexporter.http.ClientSettings.OAuth2;
import io.sentryexporter.http.ClientSettings.Redirects;
import io.sentryexporter.http.ClientSettings.TypedCredentials;
import io.sentryexporter.http.ClientSettings.Unreadable;
import io.sentryexporter.http.ClientSettings.Value;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.ProxyRules;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Secret;
import io.sentryexporter.tls.Pem;
import io.sentryexporter.tls.TlsSettings;
import io.sentryexporter.tls.TlsSettings.Source;
import io.sentryexporter.tls.TlsSettings.Verification;
import io.sentryexporter.tls.TlsVersion;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the settings of one HTTP client, by the rules of Prometheus. Loaded for configurations
/// that have some.
final class HttpClientReader {
  /// Headers that Prometheus refuses, and those that frame a body.
  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "transfer-encoding",
          "trailer",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-prometheus-scrape-timeout-seconds",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  /// As in `app.App`: with a small heap even less is allowed.
  private static final int ALLOWED_BYTES = 32 << 20;

  private static final Value NO_TEXT = Value.Text.EMPTY;
  private static final String HIDDEN = new Secret("").toString();

  private final ConfigEnvironment environment;

  HttpClientReader(ConfigEnvironment environment) {
    this.environment = environment;
  }

  ClientSettings read(YamlMap yaml) {
    var shown = new LinkedHashMap<String, Object>();
    var authorization = authorization(yaml, shown);
    var headers = headers(yaml, shown);
    var connections = connections(yaml, shown);
    for (Key<?> key :
        List.of(
            HttpClientKeys.FOLLOW_REDIRECTS,
            HttpClientKeys.BODY_SIZE_LIMIT,
            HttpClientKeys.ENABLE_HTTP2)) {
      shown.putAll(yaml.written(List.of(key)));
    }
    if (yaml.get(HttpClientKeys.BODY_SIZE_LIMIT) > ALLOWED_BYTES) {
      yaml.location(HttpClientKeys.BODY_SIZE_LIMIT)
          .warn(
              shown.get(HttpClientKeys.BODY_SIZE_LIMIT.name())
                  + ", and the maximum is 32 MiB, less with a small heap; write 32MB or less");
    }
    return new ClientSettings(
        authorization,
        headers,
        connections.tls(),
        connections.proxies(),
        connections.connectHeaders(),
        yaml.get(HttpClientKeys.FOLLOW_REDIRECTS) ? Redirects.FOLLOWED : Redirects.RETURNED,
        yaml.get(HttpClientKeys.BODY_SIZE_LIMIT),
        shown);
  }

  private @Nullable Authorization authorization(YamlMap yaml, Map<String, Object> shown) {
    Key<?> first = null;
    for (Key<?> key :
        List.of(HttpClientKeys.AUTHORIZATION, HttpClientKeys.BASIC_AUTH, HttpClientKeys.OAUTH2)) {
      if (!yaml.lacks(key)) {
        if (first != null) {
          yaml.location(key)
              .error(
                  "set together with "
                      + first.name()
                      + "; both make the header Authorization, remove one of them");
        }
        first = first == null ? key : first;
      }
    }
    Authorization authorization = null;
    if (!yaml.lacks(HttpClientKeys.OAUTH2)) {
      authorization = oauth(yaml.get(HttpClientKeys.OAUTH2), below(shown, HttpClientKeys.OAUTH2));
    }
    if (!yaml.lacks(HttpClientKeys.BASIC_AUTH)) {
      authorization =
          basic(yaml.get(HttpClientKeys.BASIC_AUTH), below(shown, HttpClientKeys.BASIC_AUTH));
    }
    if (!yaml.lacks(HttpClientKeys.AUTHORIZATION)) {
      authorization =
          typed(yaml.get(HttpClientKeys.AUTHORIZATION), below(shown, HttpClientKeys.AUTHORIZATION));
    }
    return authorization;
  }

  private static Map<String, Object> below(Map<String, Object> shown, Key<?> key) {
    var inside = new LinkedHashMap<String, Object>();
    shown.put(key.name(), inside);
    return inside;
  }

  private Authorization typed(YamlMap yaml, Map<String, Object> shown) {
    String type = yaml.get(HttpClientKeys.TYPE).strip();
    if (type.toLowerCase(Locale.ROOT).equals("basic")) {
      yaml.location(HttpClientKeys.TYPE)
          .error("basic needs a user and password; write basic_auth:");
    } else if (!Header.isName(type)) {
      yaml.location(HttpClientKeys.TYPE).error("not one word; write it, such as Bearer");
    }
    shown.put(HttpClientKeys.TYPE.name(), type);
    var value =
        value(
            yaml,
            HttpClientKeys.CREDENTIALS,
            HttpClientKeys.CREDENTIALS_FILE,
            "authorization.",
            shown);
    if (value == null) {
      yaml.location(HttpClientKeys.CREDENTIALS)
          .error("no credentials; write credentials_file: or credentials:");
    } else if (value instanceof Value.Text(Secret text)) {
      SecretReader.warnOfPlaceholder(text.reveal(), yaml.location(HttpClientKeys.CREDENTIALS));
      TokenReader.misuseOf(text.reveal())
          .ifPresent(yaml.location(HttpClientKeys.CREDENTIALS)::warn);
    }
    return new TypedCredentials(type, value == null ? NO_TEXT : value);
  }

  private Authorization basic(YamlMap yaml, Map<String, Object> shown) {
    var user =
        value(yaml, HttpClientKeys.USERNAME, HttpClientKeys.USERNAME_FILE, "basic_auth.", shown);
    var password =
        value(yaml, HttpClientKeys.PASSWORD, HttpClientKeys.PASSWORD_FILE, "basic_auth.", shown);
    if (user == null && password == null) {
      yaml.location(HttpClientKeys.USERNAME).error("neither user nor password; write username:");
    }
    if (user instanceof Value.Text(Secret name)) {
      shown.put(HttpClientKeys.USERNAME.name(), name.reveal());
      if (name.reveal().contains(":")) {
        yaml.location(HttpClientKeys.USERNAME)
            .error("a colon, which ends the user; write it without");
      }
    }
    return new BasicAuth(user == null ? NO_TEXT : user, password == null ? NO_TEXT : password);
  }

  private Authorization oauth(YamlMap yaml, Map<String, Object> shown) {
    String id = yaml.get(HttpClientKeys.CLIENT_ID);
    shown.put(HttpClientKeys.CLIENT_ID.name(), id);
    var secret =
        value(
            yaml,
            HttpClientKeys.CLIENT_SECRET,
            HttpClientKeys.CLIENT_SECRET_FILE,
            "oauth2.",
            shown);
    if (secret == null) {
      yaml.location(HttpClientKeys.CLIENT_SECRET)
          .error("no secret; write client_secret_file: or client_secret:");
    }
    URI url = yaml.get(HttpClientKeys.TOKEN_URL);
    shown.put(HttpClientKeys.TOKEN_URL.name(), url.toString());
    if (!url.equals(HttpClientKeys.NO_URL) && SentryUrl.isExposed(url)) {
      yaml.location(HttpClientKeys.TOKEN_URL)
          .warn("http:// sends the client's secret for all to read; write https://");
    }
    var parameters = new TreeMap<String, String>();
    for (Entry entry : yaml.get(HttpClientKeys.ENDPOINT_PARAMS).entries()) {
      parameters.put(entry.name(), entry.text().orElse(""));
    }
    var scopes = yaml.get(HttpClientKeys.SCOPES);
    shown.putAll(yaml.written(List.of(HttpClientKeys.SCOPES, HttpClientKeys.ENDPOINT_PARAMS)));
    var client = connections(yaml, shown);
    return new OAuth2(
        id,
        secret == null ? NO_TEXT : secret,
        url.equals(HttpClientKeys.NO_URL) ? SentryUrl.SENTRY_IO : url,
        scopes,
        parameters,
        client);
  }

  /// A secret that is written, or in a file; null if there is neither. A file that cannot be read
  /// now is warned of, since it is read for each request.
  private @Nullable Value value(
      YamlMap yaml,
      Key<String> inline,
      Key<String> inFile,
      String path,
      Map<String, Object> shown) {
    refuseBoth(yaml, inline, inFile);
    if (!yaml.lacks(inFile)) {
      return fileValue(yaml.get(inFile), inFile.name(), path, yaml.location(inFile), shown);
    }
    if (yaml.lacks(inline)) {
      return null;
    }
    shown.put(inline.name(), HIDDEN);
    return secret(yaml.get(inline), yaml.location(inline));
  }

  private Value secret(String written, Location location) {
    String text = written.strip();
    if (text.isEmpty()) {
      location.error("empty; write the value");
    } else if (!Header.isValue(text)) {
      location.error("a line break or control character in the value; write it in one line");
      return NO_TEXT;
    }
    return new Value.Text(new Secret(text));
  }

  private Value fileValue(
      String name, String key, String path, Location location, Map<String, Object> shown) {
    Path file = file(name, location);
    if (file == null) {
      return NO_TEXT;
    }
    shown.put(key, file.toString());
    var value = new Value.InFile(path + key, file);
    try {
      if (value.read().reveal().isEmpty()) {
        location.warn("the file is empty; write the value into it");
      }
    } catch (Unreadable e) {
      location.warn(e.fault() + "; probes fail with reason auth until then");
    }
    return value;
  }

  private @Nullable Path file(String name, Location location) {
    Path path = InstanceKeys.path(name, location);
    return path == null ? null : environment.folder().resolve(path);
  }

  private static void refuseBoth(YamlMap yaml, Key<String> inline, Key<String> inFile) {
    if (!yaml.lacks(inline) && !yaml.lacks(inFile)) {
      yaml.location(inFile).error("set together with " + inline.name() + "; remove one of them");
    }
  }

  private List<ExtraHeader> headers(YamlMap yaml, Map<String, Object> shown) {
    var headers = new ArrayList<ExtraHeader>();
    if (yaml.lacks(HttpClientKeys.HTTP_HEADERS)) {
      return headers;
    }
    var shownHeaders = below(shown, HttpClientKeys.HTTP_HEADERS);
    var names = new HashSet<String>();
    for (Entry entry : yaml.get(HttpClientKeys.HTTP_HEADERS).entries()) {
      if (isNameUsable(entry) && isFirst(entry, names)) {
        var inside = new LinkedHashMap<String, Object>();
        shownHeaders.put(entry.name(), inside);
        addHeaders(entry, headers, inside);
      }
    }
    return headers;
  }

  private static boolean isNameUsable(Entry entry) {
    if (!Header.isName(entry.name())) {
      // not quoted: a secret may have slipped into the name
      entry.nameLocation().error("not a header name; write letters, digits and -, then a colon");
      return false;
    }
    String name = entry.name().toLowerCase(Locale.ROOT);
    if (RESERVED.contains(name)) {
      entry
          .location()
          .error(
              name.equals("authorization")
                  ? "not set here; write it as authorization:, basic_auth: or oauth2:"
                  : "not set here, for the exporter sets it or never sends it; remove it");
      return false;
    }
    return true;
  }

  private static boolean isFirst(Entry entry, Set<String> before) {
    if (!before.add(entry.name().toLowerCase(Locale.ROOT))) {
      entry.nameLocation().error("the same header in other letters is above; keep one of them");
      return false;
    }
    return true;
  }

  private void addHeaders(Entry entry, List<ExtraHeader> headers, Map<String, Object> shown) {
    var yaml = entry.map().only(HttpClientKeys.HTTP_HEADERS.children());
    int before = headers.size();
    for (String value : yaml.get(HttpClientKeys.VALUES)) {
      headers.add(
          new ExtraHeader(
              entry.name(), secret(value, yaml.location(HttpClientKeys.VALUES)), false));
    }
    for (String value : yaml.get(HttpClientKeys.SECRETS)) {
      headers.add(
          new ExtraHeader(
              entry.name(), secret(value, yaml.location(HttpClientKeys.SECRETS)), true));
    }
    var files = new ArrayList<String>();
    for (String name : yaml.get(HttpClientKeys.FILES)) {
      var location = yaml.location(HttpClientKeys.FILES);
      var path = new LinkedHashMap<String, Object>();
      var key = "http_headers." + entry.name() + ".";
      headers.add(
          new ExtraHeader(
              entry.name(),
              fileValue(name, HttpClientKeys.FILES.name(), key, location, path),
              true));
      path.values().forEach(shownPath -> files.add(String.valueOf(shownPath)));
    }
    if (headers.size() == before && isEmpty(yaml)) {
      yaml.location().error("no value; write values:, secrets: or files:");
    }
    shown.putAll(yaml.written(List.of(HttpClientKeys.VALUES)));
    if (!yaml.lacks(HttpClientKeys.SECRETS)) {
      shown.put(
          HttpClientKeys.SECRETS.name(),
          yaml.get(HttpClientKeys.SECRETS).stream().map(_ -> HIDDEN).toList());
    }
    if (!files.isEmpty()) {
      shown.put(HttpClientKeys.FILES.name(), files);
    }
    shown.values().removeIf(List.of()::equals);
  }

  /// Whether nothing is written that is a value, or a fault that is reported already.
  private static boolean isEmpty(YamlMap header) {
    var keys = HttpClientKeys.HTTP_HEADERS.children();
    var names = keys.stream().map(Key::name).toList();
    return keys.stream().allMatch(key -> header.lacks(key) || header.isEmptyList(key))
        && header.entries().stream().map(Entry::name).allMatch(names::contains);
  }

  /// TLS and proxies, which the server of a token has too.
  private ClientSettings connections(YamlMap yaml, Map<String, Object> shown) {
    var tls =
        yaml.lacks(HttpClientKeys.TLS_CONFIG)
            ? null
            : tls(yaml.get(HttpClientKeys.TLS_CONFIG), below(shown, HttpClientKeys.TLS_CONFIG));
    return ClientSettings.ofConnections(tls, proxies(yaml, shown), connectHeaders(yaml, shown));
  }

  private @Nullable ProxyRules proxies(YamlMap yaml, Map<String, Object> shown) {
    URI proxy = yaml.get(HttpClientKeys.PROXY_URL);
    boolean isNamed = !yaml.lacks(HttpClientKeys.PROXY_URL);
    boolean isOfEnvironment = yaml.get(HttpClientKeys.PROXY_FROM_ENVIRONMENT);
    String noProxy = yaml.get(HttpClientKeys.NO_PROXY);
    if (isOfEnvironment && isNamed) {
      yaml.location(HttpClientKeys.PROXY_FROM_ENVIRONMENT)
          .error("set together with proxy_url; remove one of them");
    }
    if (isOfEnvironment && !noProxy.isEmpty()) {
      yaml.location(HttpClientKeys.NO_PROXY)
          .error("set together with proxy_from_environment; set the variable NO_PROXY instead");
    } else if (!isNamed && !noProxy.isEmpty()) {
      yaml.location(HttpClientKeys.NO_PROXY).error("set without proxy_url; write that too");
    }
    if (!yaml.lacks(HttpClientKeys.PROXY_CONNECT_HEADER) && !isNamed && !isOfEnvironment) {
      yaml.location(HttpClientKeys.PROXY_CONNECT_HEADER)
          .error("set without a proxy; write proxy_url: or proxy_from_environment: true");
    }
    if (isNamed) {
      shown.put(HttpClientKeys.PROXY_URL.name(), SentryUrl.withoutPassword(proxy));
    }
    shown.putAll(
        written(yaml, List.of(HttpClientKeys.NO_PROXY, HttpClientKeys.PROXY_FROM_ENVIRONMENT)));
    if (!proxy.equals(HttpClientKeys.NO_URL)) {
      return ProxyRules.of(proxy, noProxy);
    }
    boolean isOff = !yaml.lacks(HttpClientKeys.PROXY_FROM_ENVIRONMENT) && !isOfEnvironment;
    return isOff ? ProxyRules.NONE : null;
  }

  /// Without defaults.
  private static Map<String, Object> written(YamlMap yaml, List<Key<?>> keys) {
    return yaml.written(keys.stream().filter(key -> !yaml.lacks(key)).toList());
  }

  private List<Header> connectHeaders(YamlMap yaml, Map<String, Object> shown) {
    var headers = new ArrayList<Header>();
    if (yaml.lacks(HttpClientKeys.PROXY_CONNECT_HEADER)) {
      return headers;
    }
    var inside = below(shown, HttpClientKeys.PROXY_CONNECT_HEADER);
    for (Entry entry : yaml.get(HttpClientKeys.PROXY_CONNECT_HEADER).entries()) {
      if (!Header.isName(entry.name())) {
        entry.nameLocation().error("not a header name; write letters, digits and -, then a colon");
        continue;
      }
      var values = entry.value(HttpClientKeys.SECRETS);
      for (String value : values) {
        if (secret(value, entry.location()) instanceof Value.Text(Secret text)) {
          headers.add(new Header(entry.name(), text));
        }
      }
      inside.put(entry.name(), values.stream().map(_ -> HIDDEN).toList());
    }
    return headers;
  }

  private TlsSettings tls(YamlMap yaml, Map<String, Object> shown) {
    var ca = source(yaml, HttpClientKeys.CA, HttpClientKeys.CA_FILE, shown);
    var certificate = source(yaml, HttpClientKeys.CERT, HttpClientKeys.CERT_FILE, shown);
    var key = source(yaml, HttpClientKeys.KEY, HttpClientKeys.KEY_FILE, shown);
    if (!yaml.lacks(HttpClientKeys.KEY)) {
      shown.put(HttpClientKeys.KEY.name(), HIDDEN);
    }
    if (ca != null) {
      check(ca, placeOf(yaml, HttpClientKeys.CA, HttpClientKeys.CA_FILE));
    }
    if (certificate != null && key == null) {
      placeOf(yaml, HttpClientKeys.CERT, HttpClientKeys.CERT_FILE)
          .error("a certificate without its key; write key_file: or key:");
    } else if (certificate == null && key != null) {
      placeOf(yaml, HttpClientKeys.KEY, HttpClientKeys.KEY_FILE)
          .error("a key without its certificate; write cert_file: or cert:");
    }
    boolean isPair = certificate != null && key != null;
    if (certificate != null && key != null) {
      checkPair(yaml, certificate, key);
    }
    boolean isInsecure = yaml.get(HttpClientKeys.INSECURE_SKIP_VERIFY);
    if (isInsecure) {
      yaml.location(HttpClientKeys.INSECURE_SKIP_VERIFY)
          .warn(
              "the server's certificate is not checked, so anyone on the way can read the token;"
                  + " name its authority in ca_file instead");
    }
    shown.putAll(
        written(
            yaml,
            List.of(
                HttpClientKeys.SERVER_NAME,
                HttpClientKeys.INSECURE_SKIP_VERIFY,
                HttpClientKeys.MIN_VERSION,
                HttpClientKeys.MAX_VERSION)));
    return new TlsSettings(
        ca,
        isPair ? certificate : null,
        isPair ? key : null,
        yaml.get(HttpClientKeys.SERVER_NAME),
        isInsecure ? Verification.SKIPPED : Verification.CHECKED,
        protocols(yaml));
  }

  private @Nullable Source source(
      YamlMap yaml, Key<String> inline, Key<String> inFile, Map<String, Object> shown) {
    refuseBoth(yaml, inline, inFile);
    if (!yaml.lacks(inFile)) {
      Path file = file(yaml.get(inFile), yaml.location(inFile));
      shown.put(inFile.name(), String.valueOf(file));
      return file == null ? null : new Source.InFile(file);
    }
    if (yaml.lacks(inline)) {
      return null;
    }
    shown.put(inline.name(), yaml.get(inline));
    return new Source.Text(new Secret(yaml.get(inline)));
  }

  /// Where the one of two keys stands that is written.
  private static Location placeOf(YamlMap yaml, Key<String> inline, Key<String> inFile) {
    return yaml.location(yaml.lacks(inFile) ? inline : inFile);
  }

  private static void check(Source ca, Location location) {
    try {
      TlsSettings.authorities(ca);
    } catch (Pem.Unreadable e) {
      location.error(String.valueOf(e.getMessage()));
    }
  }

  /// Reads both, so that the fault of each stands at its own place.
  private static void checkPair(YamlMap yaml, Source certificate, Source key) {
    var certificatePlace = placeOf(yaml, HttpClientKeys.CERT, HttpClientKeys.CERT_FILE);
    var keyPlace = placeOf(yaml, HttpClientKeys.KEY, HttpClientKeys.KEY_FILE);
    boolean isReadable = true;
    try {
      Pem.certificates(certificate.text());
    } catch (Pem.Unreadable e) {
      certificatePlace.error(String.valueOf(e.getMessage()));
      isReadable = false;
    }
    if (key instanceof Source.Text(Secret pem)
        && SecretReader.warnOfPlaceholder(pem.reveal(), keyPlace)) {
      return;
    }
    try {
      Pem.privateKey(key.text());
      if (isReadable) {
        TlsSettings.identity(certificate, key);
      }
    } catch (Pem.Unreadable e) {
      keyPlace.error(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> protocols(YamlMap yaml) {
    var least = TlsVersion.valueOf(yaml.get(HttpClientKeys.MIN_VERSION));
    var most = TlsVersion.valueOf(yaml.get(HttpClientKeys.MAX_VERSION));
    if (!least.isSpoken()) {
      yaml.location(HttpClientKeys.MIN_VERSION)
          .warn("not spoken any more, for it is broken; the lowest is TLS12");
    }
    var protocols = TlsVersion.protocols(least, most);
    if (protocols.isEmpty()) {
      yaml.location(HttpClientKeys.MAX_VERSION)
          .error("below min_version; write TLS13, or remove it");
    }
    return protocols;
  }
}
