package io.sentryexporter.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.server.BcryptHash;
import io.sentryexporter.server.BcryptHash.NoHashException;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.server.WebConfig;
import io.sentryexporter.server.WebConfig.RateLimit;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.wire.HttpSyntax;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a web configuration file: TLS, users, headers and rate limit of the listener, in the
/// format of Prometheus' exporter-toolkit.
public final class WebConfigFile {
  private static final Key<Boolean> HTTP2 =
      Key.yesOrNo(
              "http2",
              "Accepted, so that files of other exporters serve here too. HTTP/1.1 is served either"
                  + " way.")
          .byDefault(true);
  private static final List<Key<String>> HEADERS =
      List.of(
          header("Content-Security-Policy"),
          header("X-Frame-Options", "deny", "sameorigin"),
          header("X-Content-Type-Options", "nosniff"),
          header("X-XSS-Protection"),
          header("Strict-Transport-Security"));
  private static final Key<YamlMap> SET_HEADERS =
      Key.mapping(
          "headers",
          "Headers of every answer, in place of the exporter's own. No others can be set.",
          HEADERS.toArray(Key<?>[]::new));
  private static final Key<YamlMap> HTTP =
      Key.mapping("http_server_config", "Settings of HTTP.", HTTP2, SET_HEADERS);
  private static final Key<YamlMap> USERS =
      Key.mapOf(
          "basic_auth_users",
          "<name>: <secret>",
          "Users who may send requests, with the bcrypt hashes of their passwords. Absent or empty:"
              + " everyone may.");
  private static final Key<Duration> INTERVAL =
      Key.duration("interval", "Time in which one request is allowed. 0: no limit.")
          .where(interval -> !interval.isNegative(), "negative; write 0s for no limit");
  private static final Key<Integer> BURST =
      Key.integer(
              "burst",
              0,
              Integer.MAX_VALUE,
              "Maximum number of requests at once, 1 or more. Needed where there is an `interval`.")
          .withoutDefault();
  private static final Key<YamlMap> RATE_LIMIT =
      Key.mapping(
          "rate_limit",
          "Limit of requests, of all clients together. Requests beyond it are answered 429.",
          INTERVAL,
          BURST);

  static final List<Key<?>> KEYS = List.of(ServerTlsKeys.TLS, HTTP, RATE_LIMIT, USERS);

  private final Path file;
  private final Problems problems;

  /// What reading a file gives.
  ///
  /// @param config null if there are errors
  /// @param problems in the order of the file
  /// @param files the file and those that it names
  public record Result(@Nullable WebConfig config, List<Problem> problems, Set<Path> files) {
    public Result {
      problems = List.copyOf(problems);
      files = Set.copyOf(files);
    }
  }

  private WebConfigFile(Path file) {
    this.file = file;
    this.problems = new Problems(file.toString());
  }

  /// Reads a file, and those that it names.
  public static Result read(Path file) {
    return new WebConfigFile(file).read();
  }

  private Result read() {
    var files = new LinkedHashSet<Path>();
    files.add(file);
    try {
      byte[] text = ConfigSource.read(file, " with --web.config.file");
      var yaml = YamlFile.readOrEmpty(text, KEYS, problems);
      var tls = new ServerTlsKeys(file.resolveSibling(""), files).read(yaml.get(ServerTlsKeys.TLS));
      var config = new WebConfig(tls, users(yaml), headers(yaml.get(HTTP)), rateLimit(yaml));
      return new Result(problems.hasErrors() ? null : config, problems.inOrder(), files);
    } catch (ConfigSource.UnreadableFileException e) {
      return new Result(null, List.of(Problem.ofFile(file.toString(), e.text())), files);
    }
  }

  private static Map<String, BcryptHash> users(YamlMap yaml) {
    var users = new HashMap<String, BcryptHash>();
    for (var entry : yaml.get(USERS).entries()) {
      var text = entry.text();
      if (text.isPresent()) {
        try {
          var hash = BcryptHash.parse(text.get());
          hash.warning().ifPresent(entry.location()::warn);
          users.put(entry.name(), hash);
        } catch (NoHashException e) {
          entry.location().error(String.valueOf(e.getMessage()));
        }
      }
    }
    return users;
  }

  /// @param words the values that the header has; none for any
  private static Key<String> header(String name, String... words) {
    var values = List.of(words);
    return Key.text(
        name,
        "<string>",
        (values.isEmpty() ? "" : "`" + String.join("` or `", values) + "`. ")
            + "Absent or empty: not set.",
        "",
        (text, location) -> headerValue(text, values, location));
  }

  private static @Nullable String headerValue(String text, List<String> values, Location location) {
    // as Go sends it: in one line, and its bytes in UTF-8
    String line = new String(text.replaceAll("[\r\n]+", " ").strip().getBytes(UTF_8), ISO_8859_1);
    if (!line.isEmpty() && !values.isEmpty() && !values.contains(line)) {
      location.error(
          Quoted.of(text) + " is not a value of this header; write " + String.join(" or ", values));
      return null;
    }
    if (!HttpSyntax.isValue(line)) {
      location.error("a control character in the value; remove it");
      return null;
    }
    return line;
  }

  private static List<ResponseHeader> headers(YamlMap http) {
    boolean _ = http.get(HTTP2); // so that a bad value is reported
    var headers = new ArrayList<ResponseHeader>();
    var yaml = http.get(SET_HEADERS);
    for (var key : HEADERS) {
      String value = yaml.get(key);
      if (!value.isEmpty()) {
        headers.add(new ResponseHeader(key.name(), value));
      }
    }
    return headers;
  }

  private @Nullable RateLimit rateLimit(YamlMap yaml) {
    var limit = yaml.get(RATE_LIMIT);
    int before = problems.inOrder().size();
    var interval = limit.get(INTERVAL);
    boolean isOff = interval.isZero() && problems.inOrder().size() == before;
    before = problems.inOrder().size();
    int burst = limit.get(BURST);
    if (isOff || problems.inOrder().size() > before) {
      return null;
    }
    if (burst == 0) {
      limit
          .location(BURST)
          .error(
              limit.lacks(BURST)
                  ? "missing; without it no request is allowed; write burst: 1 or more"
                  : "0, so no request is allowed; write 1 or more");
      return null;
    }
    return interval.isZero() ? null : new RateLimit(interval, burst);
  }
}
