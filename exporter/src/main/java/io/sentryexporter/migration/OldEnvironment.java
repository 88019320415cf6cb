package io.sentryexporter.migration;

import static java.util.Map.entry;

import io.sentryexporter.migration.Migration.Access;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the environment of the exporters that have no file: italux' and its forks, ujamii's, and
/// MaggotMouth's, whose file has the same names.
public final class OldEnvironment {
  private static final String TOKEN = "SENTRY_AUTH_TOKEN";
  private static final String MAGGOTMOUTH = "SENTRY_EXPORTER_";
  private static final String SENTRY_IO = "https://sentry.io";
  private static final Pattern PLAIN_USER = Pattern.compile("[A-Za-z0-9_.-]{1,20}");
  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");

  /// `/sd` takes no more values of a parameter.
  private static final int MOST_VALUES = 50;

  private static final List<String> URLS =
      List.of("SENTRY_BASE_URL", "SENTRY_API_BASE_URL", "SENTRY_EXPORTER_API_URL", "SENTRY_URL");
  private static final List<String> TOKENS =
      List.of(TOKEN, "SENTRY_EXPORTER_TOKEN", "AUTH_TOKEN", "SENTRY_TOKEN");
  private static final List<String> ORGANIZATIONS =
      List.of(
          "SENTRY_EXPORTER_ORG",
          "SENTRY_EXPORTER_ORG_SLUG",
          "SENTRY_EXPORTER_ORGANISATION_NAME",
          "SENTRY_ORG",
          "SENTRY_ORGANIZATION");
  private static final List<String> PROJECTS =
      List.of("SENTRY_EXPORTER_PROJECTS", "SENTRY_EXPORTER_INCLUDE_PROJECTS");

  /// Variables of these programs alone: one of them shows that there is something to read.
  private static final List<String> SIGNS =
      Stream.of(
              URLS.subList(0, 3),
              ORGANIZATIONS.subList(0, 3),
              PROJECTS,
              List.of("SENTRY_EXPORTER_TOKEN", "SENTRY_HOST"))
          .flatMap(List::stream)
          .toList();

  private static final String PACED =
      "not needed: requests are paced by the limits that Sentry advertises, and repeated by"
          + " themselves";
  private static final String KEPT =
      "not needed: answers are kept for each collector's refresh_interval, in memory, and serve"
          + " while Sentry fails";

  /// What to do instead of variables that have no equivalent.
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          entry("SENTRY_RETRY_TRIES", PACED),
          entry("SENTRY_RETRY_DELAY", PACED),
          entry("SENTRY_RETRY_MAX_DELAY", PACED),
          entry("SENTRY_RETRY_BACKOFF", PACED),
          entry("SENTRY_RETRY_JITTER", PACED),
          entry("USE_THROTTLING", PACED),
          entry("SENTRY_USE_LEGACY_API", "not needed: the exporter finds out what Sentry has"),
          entry("SENTRY_EXPORTER_CACHE_DIR", KEPT),
          entry("SENTRY_EXPORTER_CACHE_TTL", KEPT),
          entry("SENTRY_EXPORTER_CACHE_STALE_ON_ERROR", KEPT),
          entry("SENTRY_EXPORTER_TTL_ORGANISATION", KEPT),
          entry("SENTRY_EXPORTER_TTL_PROJECTS", KEPT),
          entry("SENTRY_EXPORTER_TTL_TEAMS", KEPT),
          entry("QUERY_SENTRY_EVERY_SECONDS", KEPT),
          entry("SENTRY_TIMEOUT", "not needed: the timeout of the scrape counts for all requests"),
          entry(
              "SENTRY_EXPORTER_TIMEOUT",
              "not needed: the timeout of the scrape counts for all requests"),
          entry(
              "SENTRY_SKIP_STAT_NAME",
              "write a condition on the label outcome of sentry_outcomes_total"),
          entry(
              "SENTRY_EXPORTER_INCLUDE_QUERIES",
              "all are there, as the label outcome of sentry_outcomes_total: accepted, filtered for"
                  + " blacklisted, rate_limited for rejected, and their sum for received"),
          entry(
              "SENTRY_EXPORTER_ENVS",
              "write a condition on the label environment of sentry_query_value"),
          entry("EXPORTER_PORT", "write --web.listen-address with this port, or use 9412"));

  private static final Map<String, String> WINDOWS = windows();
  private static final List<String> LOGIN =
      List.of(
          "SENTRY_EXPORTER_BASIC_AUTH",
          "SENTRY_EXPORTER_BASIC_AUTH_USER",
          "SENTRY_EXPORTER_BASIC_AUTH_PASS");

  private final Map<String, String> variables;
  private final Function<String, Location> location;
  private final Migration migration;
  private final Set<String> used = new TreeSet<>();

  private OldEnvironment(
      Map<String, String> variables, Function<String, Location> location, Migration migration) {
    this.variables = new TreeMap<>(variables);
    this.location = location;
    this.migration = migration;
  }

  private static Map<String, String> windows() {
    var windows = new LinkedHashMap<String, String>();
    windows.put("SENTRY_ISSUES_1H", "1h");
    windows.put("SENTRY_ISSUES_24H", "24h");
    windows.put("SENTRY_ISSUES_14D", "336h");
    return windows;
  }

  /// Whether variables of another exporter are among these.
  public static boolean isOne(Map<String, String> variables) {
    return SIGNS.stream().anyMatch(name -> !variables.getOrDefault(name, "").isBlank());
  }

  /// Reads variables.
  public static Migration read(
      Map<String, String> variables, String secretsFolder, Problems problems) {
    var migration = new Migration(secretsFolder);
    new OldEnvironment(variables, problems::at, migration).read();
    return migration;
  }

  /// Reads a file of variables, as `docker run --env-file` and `docker compose` take it.
  ///
  /// @return the variables; those of lines that cannot be read are reported
  public static Map<String, String> variables(String text, Problems problems) {
    var variables = new HashMap<String, String>();
    int number = 0;
    for (String line : text.split("\r?\n", -1)) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      var parts = LINE.matcher(line);
      if (parts.matches()) {
        variables.put(parts.group(1), unquoted(parts.group(2)));
      } else {
        problems.at("line " + number).error("not NAME=value; write it so");
      }
    }
    return variables;
  }

  private static String unquoted(String value) {
    boolean isQuoted =
        value.length() > 1
            && (value.startsWith("\"") || value.startsWith("'"))
            && value.charAt(0) == value.charAt(value.length() - 1);
    return isQuoted ? value.substring(1, value.length() - 1) : value;
  }

  /// Reads MaggotMouth's file.
  static Migration ofFile(List<Entry> entries, Migration migration, Problems problems) {
    var variables = new HashMap<String, String>();
    var places = new HashMap<String, Location>();
    for (Entry entry : entries) {
      String name = MAGGOTMOUTH + entry.name().toUpperCase(Locale.ROOT);
      variables.put(name, entry.text().orElse(""));
      places.put(name, entry.location());
    }
    new OldEnvironment(variables, name -> places.getOrDefault(name, problems.at(name)), migration)
        .read();
    return migration;
  }

  private void read() {
    String instance =
        migration.instance(Access.with(url(), token()), "sentry", "the value of " + used(TOKENS));
    String organization = first(ORGANIZATIONS);
    if (ApiUrl.isOrganization(organization)) {
      migration.allow(instance, Set.of(organization));
    } else if (!organization.isEmpty()) {
      location.apply(used(ORGANIZATIONS)).warn("a placeholder, or no slug; write the slug of one");
    } else {
      location
          .apply("instances." + instance)
          .warn(
              "no organization is named; write organizations: [my-organization] if the token is of"
                  + " an internal integration");
    }
    migration.collecting("sentry", instance, null, collectors(), filter());
    login();
    variables.keySet().stream().filter(name -> !used.contains(name)).forEach(this::reportOther);
  }

  private String url() {
    String host = get("SENTRY_HOST");
    String protocol = get("HTTP_PROTO");
    String url =
        host.isEmpty() ? first(URLS) : (protocol.isEmpty() ? "https" : protocol) + "://" + host;
    if (url.isEmpty()) {
      return SENTRY_IO;
    }
    Location place = location.apply(host.isEmpty() ? used(URLS) : "SENTRY_HOST");
    ApiUrl read = ApiUrl.server(url, place);
    if (read == null) {
      place.error("no server is known that the token is for; correct the URL");
      return SENTRY_IO;
    }
    return read.server();
  }

  /// Null if the exporter reads the same variable.
  private @Nullable Secret token() {
    String token = first(TOKENS);
    if (token.isEmpty()) {
      location.apply(TOKEN).warn("not set; write the token into its file");
    }
    return used.contains(TOKEN) ? null : token.isEmpty() ? Migration.UNKNOWN : new Secret(token);
  }

  private Map<String, Object> collectors() {
    boolean isMaggotMouth = variables.keySet().stream().anyMatch(this::isOfMaggotMouth);
    boolean hasIssues =
        !isMaggotMouth && isOn("SENTRY_SCRAPE_ISSUE_METRICS", "SENTRY_ISSUE_METRICS", true);
    boolean hasEvents = isOn("SENTRY_SCRAPE_EVENT_METRICS", "SENTRY_EVENTS_METRICS", true);
    var collectors = new LinkedHashMap<String, Object>();
    collectors.put("projects", Map.of());
    if (hasEvents) {
      collectors.put("outcomes", Map.of());
    }
    var windows = new ArrayList<String>();
    WINDOWS.forEach((name, window) -> {
      if (isOn(name, name, hasIssues) && hasIssues) {
        windows.add(window);
      }
    });
    if (hasIssues) {
      var issues = new LinkedHashMap<String, Object>();
      issues.put("per_project", true);
      issues.put("new_windows", windows);
      issues.put("top", 100);
      collectors.put("issues", issues);
      location
          .apply("modules.sentry.collectors.issues.per_project")
          .warn(
              "counts for each project, as the other exporter does: "
                  + (windows.size() + 5)
                  + " requests for each every 15 minutes; remove it to count the organization as"
                  + " a whole");
      collectors.put("releases", Map.of());
      collectors.put("queries", Map.of("queries", List.of(byEnvironment())));
    }
    if (isOn("SENTRY_SCRAPE_RATE_LIMIT_METRICS", "SENTRY_RATE_LIMIT_METRICS", false)) {
      collectors.put("client_keys", Map.of());
    }
    return collectors;
  }

  private boolean isOfMaggotMouth(String name) {
    return List.of(
            "SENTRY_EXPORTER_ORGANISATION_NAME", "SENTRY_EXPORTER_TOKEN", "SENTRY_EXPORTER_API_URL")
        .contains(name);
  }

  /// What the old metrics had the label environment for.
  private static Map<String, Object> byEnvironment() {
    var query = new LinkedHashMap<String, Object>();
    query.put("name", "issues_by_environment");
    query.put("dataset", "errors");
    query.put("aggregate", "count_unique(issue)");
    query.put("group_by", List.of("project", "environment"));
    query.put("window", "1h");
    return query;
  }

  /// Parameters of `/sd` that select what was selected.
  private List<String> filter() {
    var filter = new ArrayList<String>();
    select(first(PROJECTS), used(PROJECTS), "project", filter);
    select(get("SENTRY_EXPORTER_INCLUDE_TEAMS"), "SENTRY_EXPORTER_INCLUDE_TEAMS", "team", filter);
    if (!filter.isEmpty()) {
      filter.addFirst("kind=project");
    }
    return filter;
  }

  private void select(String slugs, String variable, String parameter, List<String> filter) {
    var values =
        Stream.of(slugs.split(",", -1)).map(String::strip).filter(slug -> !slug.isEmpty()).toList();
    if (!values.stream().allMatch(ApiUrl::isProject)) {
      location.apply(variable).warn("what is no slug is left out");
    }
    if (values.size() > MOST_VALUES) {
      location
          .apply(variable)
          .warn("over " + MOST_VALUES + " of them; write patterns with * into the URL of the job");
    }
    values.stream()
        .limit(MOST_VALUES)
        .filter(ApiUrl::isProject)
        .map(slug -> parameter + "=" + Migration.encoded(slug))
        .forEach(filter::add);
  }

  private void login() {
    LOGIN.forEach(used::add);
    if (isOn(LOGIN.get(0), LOGIN.get(0), false)) {
      String user = get(LOGIN.get(1));
      String password = get(LOGIN.get(2));
      String name = user.isEmpty() ? "prometheus" : user;
      migration.login(
          name,
          new Secret(password.isEmpty() ? "prometheus" : password),
          "the value of " + LOGIN.get(2));
      String shown = PLAIN_USER.matcher(name).matches() ? name : Quoted.of(name);
      location
          .apply(LOGIN.get(0))
          .warn(
              "write basic_auth_users: {"
                  + shown
                  + ": HASH} into the file of --web.config.file; htpasswd -nB "
                  + shown
                  + " prints the hash");
    }
  }

  private void reportOther(String name) {
    String value = variables.getOrDefault(name, "");
    if (name.equals("LOG_LEVEL")) {
      location.apply(name).warn("a flag here: --log.level=" + level(value));
    } else if (name.equals("SENTRY_EXPORTER_LISTEN_ADDRESS")) {
      location.apply(name).warn("a flag here: --web.listen-address; without it :9412");
    } else if (name.equals("SENTRY_CONCURRENCY")) {
      location
          .apply(name)
          .warn("write rate_limit: {max_concurrent: …} into the instance if 4 are too few");
    } else if (INSTEAD.containsKey(name)) {
      location.apply(name).warn(String.valueOf(INSTEAD.get(name)));
    } else if (name.startsWith("SENTRY_")) {
      location.apply(name).warn("not a variable of a known exporter; left out");
    }
  }

  private static String level(String python) {
    return switch (python.toLowerCase(Locale.ROOT)) {
      case "debug", "notset" -> "debug";
      case "warning", "warn" -> "warn";
      case "error", "critical", "fatal" -> "error";
      default -> "info";
    };
  }

  /// Only the word `True` switches on what is set, as there.
  private boolean isOn(String name, String otherName, boolean byDefault) {
    String value = get(name).isEmpty() ? get(otherName) : get(name);
    return value.isEmpty() ? byDefault : value.equals("True");
  }

  /// The value of the first variable that is set.
  private String first(List<String> names) {
    names.forEach(this::get);
    return names.stream().map(this::get).filter(value -> !value.isEmpty()).findFirst().orElse("");
  }

  /// The first variable that is set, or the first of all.
  private String used(List<String> names) {
    return names.stream().filter(name -> !get(name).isEmpty()).findFirst().orElse(names.getFirst());
  }

  private String get(String name) {
    String value = variables.getOrDefault(name, "").strip();
    if (!value.isEmpty()) {
      used.add(name);
    }
    return value;
  }
}
