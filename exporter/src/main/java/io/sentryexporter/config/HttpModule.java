package io.sentryexporter.config;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.Header;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A module of `prober: http`: the old family's probe, one GET for each.
///
/// @param timeout zero: no limit of its own
/// @param prefix as the file has it, a password in it as `xxxxx`
/// @param prefixUri what the target is appended to, as text: http or https, with host and path,
///   escaped, without user, query and fragment; null if `prefix` is no such URL, and probes fail
/// @param validStatusCodes of an answer that is a success; empty: every 2xx with data
/// @param headers of every request; a user and password in the URL are among them
/// @param refreshInterval an answer younger than this is used again; zero: never
/// @param rateShare of the rate that Sentry advertises: above 0, at most 1
/// @param client null where only the environment counts
public record HttpModule(
    String name,
    Duration timeout,
    String prefix,
    @Nullable URI prefixUri,
    Set<Integer> validStatusCodes,
    List<Header> headers,
    Duration refreshInterval,
    double rateShare,
    @Nullable ClientSettings client)
    implements Module {
  static final String PROBER_NAME = "http";
  private static final String AUTHORIZATION = "Authorization";

  static final Key<Duration> REFRESH_INTERVAL =
      Key.duration(
              "refresh_interval",
              "With `prober: http`: maximum age of an answer of Sentry that serves probes without a"
                  + " new request. 0: every probe sends a request. Collectors have keys of their"
                  + " own.")
          .where(
              interval -> !interval.isNegative(),
              "negative; write 0s to send a request at every probe");
  static final Key<Double> SHARE =
      Key.ratio(
          "share",
          "Share of the request rate that Sentry advertises that a module may use, above 0 and"
              + " at most 1. The rest is for browsers and other programs with the same token:"
              + " less leaves more to them.",
          0.95); // each probe is a request: what fitted into the limit before must fit still
  static final Key<YamlMap> RATE_LIMIT =
      Key.mapping(
          "rate_limit",
          "With `prober: http`: how Sentry's rate limits are kept. They are read from its answers;"
              + " a self-hosted Sentry advertises none and gets requests as they come.",
          SHARE);
  static final Key<SentryUrl.Prefix> PREFIX =
      Key.text(
          "prefix",
          "<url>",
          "What the target is appended to: `https://sentry.io/api/0/projects/` for targets like"
              + " `organization/project`, `https://sentry.io/api/0/projects/organization/` for"
              + " targets like `project`, `https://sentry.io/api/0/organizations/` for targets like"
              + " `organization`. A self-hosted Sentry has its own host. With an invalid URL the"
              + " file is loaded with a warning, and probes fail.",
          SentryUrl.Prefix.ABSENT,
          SentryUrl::prefix);
  static final Key<List<Integer>> VALID_STATUS_CODES =
      Key.integer(
              "valid_status_codes",
              100,
              999,
              "Status codes of a successful answer. Absent or empty: every 2xx but 202, 205 and"
                  + " 206, which come without data. 206 is no success even if it is listed.")
          .list();
  static final Key<YamlMap> HEADERS =
      Key.mapOf(
          "headers",
          "<header>: <secret>",
          "Headers of every request to Sentry, usually `Authorization: Bearer` and a token. No page"
              + " or log shows their values.");
  static final Key<YamlMap> HTTP =
      Key.mapping(
          "http",
          "Settings of `prober: http`.",
          Stream.concat(
                  Stream.of(PREFIX, VALID_STATUS_CODES, HEADERS), HttpClientKeys.KEYS.stream())
              .toArray(Key<?>[]::new));
  static final List<Key<?>> KEYS = List.of(PROBER, TIMEOUT, REFRESH_INTERVAL, RATE_LIMIT, HTTP);

  public HttpModule {
    if (timeout.isNegative() || refreshInterval.isNegative()) {
      throw new IllegalArgumentException("negative time in module " + name);
    }
    validStatusCodes = Collections.unmodifiableSet(new TreeSet<>(validStatusCodes));
    headers = List.copyOf(headers);
  }

  static HttpModule read(String name, YamlMap yaml, ConfigEnvironment environment) {
    var http = yaml.only(KEYS, SentryModule.KEYS, "prober: sentry").get(HTTP);
    if (http.lacks(PREFIX)) {
      http.location(PREFIX)
          .warn("missing; every probe will fail; write one like " + SentryUrl.Prefix.EXAMPLE);
    }
    if (http.get(VALID_STATUS_CODES).contains(Statuses.PARTIAL_CONTENT)) {
      http.location(VALID_STATUS_CODES)
          .warn("206 comes with a part of the data only and never counts as success; remove it");
    }
    var prefix = http.get(PREFIX);
    var headers = prefix.with(SecretReader.headers(http.get(HEADERS)));
    var client = HttpClientKeys.read(http, environment);
    if (client != null) {
      refuseTwice(http, headers, client);
    }
    boolean hasToken =
        SecretReader.has(AUTHORIZATION, headers)
            || (client != null && client.authorization() != null);
    if (prefix.isExposed() && hasToken) {
      http.location(PREFIX).warn("http:// sends the token for all to read; write https://");
    }
    return new HttpModule(
        name,
        Module.timeout(yaml),
        prefix.text(),
        prefix.uri(),
        Set.copyOf(http.get(VALID_STATUS_CODES)),
        headers,
        yaml.get(REFRESH_INTERVAL),
        yaml.get(RATE_LIMIT).get(SHARE),
        client);
  }

  /// A header is set in one place.
  private static void refuseTwice(YamlMap http, List<Header> headers, ClientSettings client) {
    if (SecretReader.has(AUTHORIZATION, headers)) {
      Stream.of(HttpClientKeys.AUTHORIZATION, HttpClientKeys.BASIC_AUTH, HttpClientKeys.OAUTH2)
          .filter(key -> !http.lacks(key))
          .forEach(key ->
              http.location(key)
                  .error(
                      "set together with Authorization in headers, or a user in prefix; remove one"
                          + " of them"));
    }
    for (var extra : client.headers()) {
      if (SecretReader.has(extra.name(), headers)) {
        http.location(HttpClientKeys.HTTP_HEADERS)
            .error("a header that stands in headers too; remove one of them");
      }
    }
  }

  @Override
  public String prober() {
    return PROBER_NAME;
  }

  /// Whether it can send requests, but has no credentials.
  boolean isAnonymous() {
    return prefixUri != null
        && headers.stream().noneMatch(Header::saysWhoAsks)
        && (client == null || client.authorization() == null);
  }

  /// Why Sentry accepts the token for no request, and what to create instead; empty if the token's
  /// form does not show it.
  public Optional<String> misuse() {
    return headers.stream()
        .filter(header -> header.is(AUTHORIZATION))
        .flatMap(header -> SecretReader.misuse(header.value().reveal()).stream())
        .findFirst();
  }

  @Override
  public Map<String, ?> toYaml() {
    var shownHeaders = new LinkedHashMap<String, String>();
    headers.forEach(header -> shownHeaders.put(header.name(), header.value().toString()));
    var http = new LinkedHashMap<String, Object>();
    http.put(PREFIX.name(), prefix);
    http.put(VALID_STATUS_CODES.name(), List.copyOf(validStatusCodes));
    http.put(HEADERS.name(), shownHeaders);
    if (client != null) {
      http.putAll(client.shown());
    }
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put(PROBER.name(), PROBER_NAME);
    yaml.put(TIMEOUT.name(), DurationText.of(timeout));
    yaml.put(REFRESH_INTERVAL.name(), DurationText.of(refreshInterval));
    yaml.put(RATE_LIMIT.name(), Map.of(SHARE.name(), rateShare));
    yaml.put(HTTP.name(), http);
    return yaml;
  }
}
