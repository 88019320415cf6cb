package io.sentryexporter.migration;

import io.sentryexporter.migration.Migration.Access;
import io.sentryexporter.text.Printable;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the file of an exporter of the Go family, its fork with the probers `lag` and `issues`, or
/// MaggotMouth's. Keys that those programs ignore are ignored, with a warning.
public final class OldFile {
  private static final Key<YamlMap> MODULES = Key.mapOf("modules", "<name>", "");
  private static final Key<YamlMap> HTTP = Key.mapOf("http", "<key>", "");
  private static final Key<YamlMap> HEADERS = Key.mapOf("headers", "<header>", "");
  private static final Key<YamlMap> ISSUES = Key.mapOf("issues", "<key>", "");
  private static final Key<YamlMap> LAG = Key.mapOf("lag", "<key>", "");
  private static final Key<String> PROBER = Key.string("prober", "");
  private static final Key<Duration> TIMEOUT = Key.duration("timeout", "").withoutDefault();
  private static final Key<String> PREFIX = Key.string("prefix", "");
  private static final Key<List<Integer>> CODES =
      Key.integer("valid_status_codes", 100, 999, "").list().withoutDefault();
  private static final Key<String> DOMAIN = Key.string("domain", "");
  private static final Key<String> ORGANIZATION = Key.string("organization", "");
  private static final Key<String> PERIOD = Key.string("period", "");
  private static final Key<String> ABOVE = Key.string("above", "");
  private static final Key<String> RATE_LIMIT = Key.string("ratelimit", "");

  /// Headers without secrets, which stay as they are; in lower case.
  private static final Set<String> PLAIN_HEADERS =
      Set.of("accept", "accept-encoding", "accept-language", "host", "user-agent");

  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}");
  private static final Pattern SCHEME =
      Pattern.compile("(?!(?i:basic)$)[A-Za-z][A-Za-z0-9-]{0,29}");
  private static final Pattern PLACEHOLDER =
      Pattern.compile(".*[{<]\\w+[}>].*|TOKEN|\\$\\w+|.*-token-here");

  private static final String OF_MAGGOTMOUTH = "organisation_name";

  private final Problems problems;
  private final Migration migration;
  private final OldJobs jobs;
  private final Set<String> openInstances = new TreeSet<>();
  private final Map<String, String> collecting = new LinkedHashMap<>();

  private OldFile(Problems problems, Migration migration, OldJobs jobs) {
    this.problems = problems;
    this.migration = migration;
    this.jobs = jobs;
  }

  /// Reads a file; null after an error.
  ///
  /// @param jobs of the Prometheus that scraped the other exporter
  /// @param secretsFolder the folder of the files of secrets
  public static @Nullable Migration read(
      byte[] utf8, OldJobs jobs, String secretsFolder, Problems problems) {
    var top = YamlFile.readForeign(utf8, List.of(MODULES), problems);
    var migration = new Migration(secretsFolder);
    if (problems.hasErrors()) {
      return null;
    }
    boolean isFlat = top.entries().stream().anyMatch(entry -> entry.name().equals(OF_MAGGOTMOUTH));
    if (isFlat) {
      return OldEnvironment.ofFile(top.entries(), migration, problems);
    }
    new OldFile(problems, migration, jobs).modules(top);
    return problems.hasErrors() ? null : migration;
  }

  private void modules(YamlMap top) {
    warnOfOthers(top, MODULES);
    var entries = top.get(MODULES).entries();
    if (entries.isEmpty()) {
      top.location()
          .error(
              "neither modules:, as in files of the Go exporters, nor "
                  + OF_MAGGOTMOUTH
                  + ":, as in MaggotMouth's; name the file of another exporter");
    }
    entries.forEach(this::module);
    collecting.forEach((instance, wanted) -> {
      String name = migration.freeModule(wanted);
      migration.collecting(name, instance, null, Map.of(), List.of());
    });
    if (!entries.isEmpty() && migration.isEmpty()) {
      top.location()
          .error("no module has an equivalent, for the reasons in the warnings; correct the file");
    }
    collecting.keySet().stream()
        .filter(openInstances::contains)
        .forEach(instance -> {
          if (!migration.hasOrganizations(instance)) {
            problems
                .at("instances." + instance)
                .warn(
                    "no organization is named; write organizations: [my-organization] if its token"
                        + " is of an internal integration, or name Prometheus' file, whose jobs"
                        + " list the targets, with --prometheus.file");
          }
        });
  }

  private void module(Entry entry) {
    var module = entry.map();
    var http = module.get(HTTP);
    warnOfOthers(module, PROBER, TIMEOUT, HTTP);
    String prober = module.get(PROBER);
    if (!http.lacks(DOMAIN)) {
      lagOrIssues(entry.name(), module, http);
    } else if (http.lacks(PREFIX)) {
      entry.location().warn("no prefix: every probe fails; left out");
    } else if (http.get(PREFIX).chars().anyMatch(Character::isISOControl)) {
      http.location(PREFIX).warn("a control character in the URL: every probe fails; left out");
    } else if (!prober.equals("http")) {
      module
          .location(PROBER)
          .warn(Quoted.of(prober) + " is no prober: every probe is refused; left out");
    } else {
      http(entry.name(), module, http);
    }
  }

  /// The same module, and one of `prober: sentry` over the same organization.
  private void http(String name, YamlMap module, YamlMap http) {
    warnOfOthers(http, PREFIX, CODES, HEADERS);
    ApiUrl url = ApiUrl.prefix(http.get(PREFIX), http.location(PREFIX));
    Access access = access(url == null ? "" : url.server(), http);
    String origin = tokenOf(name);
    String instance = "";
    if (url != null) {
      instance = migration.instance(access, name, origin);
      organizations(instance, name, url);
      collecting.putIfAbsent(
          instance, instance.equals("default") ? "collect" : "collect-" + instance);
    }
    var kept = new LinkedHashMap<String, Object>();
    kept.put("prefix", url == null ? ApiUrl.withoutUser(http.get(PREFIX)) : url.prefix());
    kept.putAll(checked(http, CODES));
    var plain = plainHeaders(http);
    if (!plain.isEmpty()) {
      kept.put("headers", plain);
    }
    kept.putAll(migration.client(access, url == null ? Migration.word(name) : instance, origin));
    var written = new LinkedHashMap<String, Object>();
    written.put("prober", "http");
    written.putAll(checked(module, TIMEOUT));
    written.put("http", kept);
    migration.module(name, written);
  }

  /// A value as it is written, and an error where it is none.
  private static Map<String, Object> checked(YamlMap map, Key<?> key) {
    var _ = map.get(key);
    return map.written(List.of(key));
  }

  private static String tokenOf(String module) {
    return "the token of modules."
        + Printable.replaced(module, '?')
        + ".http.headers.Authorization";
  }

  private void organizations(String instance, String module, ApiUrl url) {
    Set<String> named =
        url.organization().isEmpty()
            ? jobs.organizations(module, url.kind())
            : Set.of(url.organization());
    if (named.isEmpty()) {
      openInstances.add(instance);
      migration.allowAll(instance);
    } else if (!openInstances.contains(instance)) {
      migration.allow(instance, named);
    }
  }

  /// A module of the fork with `prober=lag` and `prober=issues` becomes one of `prober: sentry`.
  private void lagOrIssues(String name, YamlMap module, YamlMap http) {
    warnOfOthers(http, DOMAIN, ORGANIZATION, HEADERS, CODES, ISSUES, LAG, RATE_LIMIT);
    ApiUrl url = ApiUrl.server(http.get(DOMAIN), http.location(DOMAIN));
    if (url == null) {
      return;
    }
    for (Key<?> key : List.<Key<?>>of(PROBER, TIMEOUT)) {
      if (!module.lacks(key)) {
        module.location(key).warn("ignored there, and left out");
      }
    }
    if (!http.lacks(CODES)) {
      http.location(CODES).warn("left out: an answer without data is no success here");
    }
    var lag = http.get(LAG);
    var issues = http.get(ISSUES);
    warnOfOthers(lag, TIMEOUT, RATE_LIMIT);
    warnOfOthers(issues, TIMEOUT, PERIOD, ABOVE);
    var collectors = new LinkedHashMap<String, Object>();
    collectors.put("projects", Map.of());
    collectors.put("outcomes", Map.of());
    var top = new LinkedHashMap<String, Object>();
    top.put("top", 100);
    top.put("top_window", issues.get(PERIOD).equals("14d") ? "336h" : "24h");
    collectors.put("issues", top);
    boolean wantsLimits = "true".equals(http.get(RATE_LIMIT)) || "true".equals(lag.get(RATE_LIMIT));
    if (wantsLimits) {
      collectors.put("client_keys", Map.of());
    }
    if (!issues.lacks(ABOVE)) {
      issues
          .location(ABOVE)
          .warn(
              "a condition of the query here: count by (project) (sentry_issue_events > "
                  + Quoted.of(issues.get(ABOVE)).replace("\"", "")
                  + ")");
    }
    String instance = migration.instance(access(url.server(), http), name, tokenOf(name));
    String organization = http.get(ORGANIZATION);
    if (ApiUrl.isOrganization(organization)) {
      migration.allow(instance, Set.of(organization));
    } else {
      openInstances.add(instance);
      if (!organization.isEmpty()) {
        http.location(ORGANIZATION).warn("a placeholder, or no slug; write the slug of one");
      }
    }
    migration.collecting(name, instance, longest(issues, lag), collectors, List.of());
  }

  /// The longer of two timeouts; null if there is none.
  private static @Nullable String longest(YamlMap... maps) {
    Duration longest = Duration.ZERO;
    for (YamlMap map : maps) {
      Duration timeout = map.get(TIMEOUT);
      longest = timeout.compareTo(longest) > 0 ? timeout : longest;
    }
    return longest.isZero() ? null : DurationText.of(longest);
  }

  private static Map<String, Object> plainHeaders(YamlMap http) {
    var plain = new LinkedHashMap<String, Object>();
    for (Entry header : http.get(HEADERS).entries()) {
      if (PLAIN_HEADERS.contains(header.name().toLowerCase(Locale.ROOT))) {
        plain.put(header.name(), header.text().orElse("").strip());
      }
    }
    return plain;
  }

  /// The token and the other headers that may be secret.
  private static Access access(String server, YamlMap http) {
    String scheme = Migration.BEARER;
    Secret token = Migration.UNKNOWN;
    var headers = new TreeMap<String, Secret>(String.CASE_INSENSITIVE_ORDER);
    for (Entry header : http.get(HEADERS).entries()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      String value = header.text().orElse("").strip();
      if (name.equals("authorization")) {
        String[] words = value.split(" +", 2);
        boolean isPair = words.length == 2 && SCHEME.matcher(words[0]).matches();
        if (isPair && !words[0].equalsIgnoreCase("bearer")) {
          scheme = words[0];
        }
        if (isPair && !PLACEHOLDER.matcher(words[1]).matches()) {
          token = new Secret(words[1].strip());
        } else {
          header.location().warn("not the word Bearer and a token; write the token into its file");
        }
      } else if (!HEADER.matcher(name).matches()) {
        header.nameLocation().warn("not a header name; left out");
      } else if (!PLAIN_HEADERS.contains(name)) {
        headers.put(header.name(), new Secret(value));
      }
    }
    return new Access(server, scheme, token, headers);
  }

  private static void warnOfOthers(YamlMap map, Key<?>... known) {
    var names = Stream.of(known).map(Key::name).toList();
    for (Entry entry : map.entries()) {
      if (!names.contains(entry.name())) {
        entry.location().warn("not a key of the other exporter either; left out");
      }
    }
  }
}
