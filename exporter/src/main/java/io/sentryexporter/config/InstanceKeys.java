package io.sentryexporter.config;

import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.Selection;
import io.sentryexporter.sentry.Selection.Rule;
import io.sentryexporter.sentry.SlugPattern;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The keys of an instance of Sentry, and how they are read.
final class InstanceKeys {
  /// The instance of modules that name none, and the one that the environment can describe.
  static final String DEFAULT_NAME = "default";

  private static final Secret NO_TOKEN = new Secret("");
  private static final Path NO_FILE = Path.of("");
  private static final int CONCURRENT = 4;

  private static final String ORGANIZATION_PATTERN = "[A-Za-z0-9*-]{1,100}";
  private static final String WORD_PATTERN = "[A-Za-z0-9_.*-]{1,100}";
  private static final String PROJECT_PATTERN = "(" + ORGANIZATION_PATTERN + "/)?" + WORD_PATTERN;
  private static final String A_PROJECT_PATTERN =
      "a project or a pattern; write one such as web-* or acme/web";

  /// Collectors can wait: the rest is for browsers and other programs.
  private static final double HALF = 0.5;

  static final Key<URI> URL =
      Key.text(
          "url",
          "<server>",
          "Where Sentry is: scheme and host, with a path prefix if it has one, without"
              + " `/api/0`. Absent in `default`: the variable `SENTRY_URL`, if it is set.",
          SentryUrl.SENTRY_IO,
          SentryUrl::server);
  static final Key<Secret> AUTH_TOKEN =
      Key.text(
          "auth_token",
          "<secret>",
          "Token for Sentry's API. Absent in `default`, and no file either: the variable"
              + " `SENTRY_AUTH_TOKEN`, or the file that `SENTRY_AUTH_TOKEN_FILE` names.",
          NO_TOKEN,
          SecretReader::token);
  static final Key<Path> AUTH_TOKEN_FILE =
      Key.text(
          "auth_token_file",
          "<file>",
          "File with the token and nothing else; read at each request, so that it can be replaced"
              + " at any time. Relative to the configuration file.",
          NO_FILE,
          InstanceKeys::path);
  static final Key<List<String>> ORGANIZATIONS =
      Key.text(
              "organizations",
              "<slug>",
              "Organizations that may be probed: slugs, or patterns of slugs, in which `*` is any"
                  + " characters. Absent in `default`: those that the variable"
                  + " `SENTRY_ORGANIZATIONS` names, separated by commas. Otherwise all that the"
                  + " token sees.",
              "",
              InstanceKeys::organization)
          .list();
  static final Key<List<String>> EXCLUDE_ORGANIZATIONS =
      patterns(
          "exclude_organizations",
          "Organizations, or patterns of them, that may not be probed.",
          ORGANIZATION_PATTERN,
          "an organization or a pattern; write one such as acme or *-test");
  static final Key<List<String>> INCLUDE =
      patterns(
          "include",
          "Projects that may be probed, of all organizations; or of one, as in `acme/web-*`. A"
              + " number is a project's id, which outlives a rename. Absent: all.",
          PROJECT_PATTERN,
          A_PROJECT_PATTERN);
  static final Key<List<String>> EXCLUDE =
      patterns(
          "exclude",
          "Projects that may not be probed, in the same form, even if they are included.",
          PROJECT_PATTERN,
          A_PROJECT_PATTERN);
  static final Key<List<String>> TEAMS =
      patterns(
          "teams",
          "Teams, or patterns of their slugs, of which a project must have one. Absent: any or"
              + " none.",
          WORD_PATTERN,
          "a team or a pattern; write one such as backend or web-*");
  static final Key<List<String>> PLATFORMS =
      patterns(
          "platforms",
          "Platforms, or patterns of them, of which a project must have one. Absent: any or none.",
          WORD_PATTERN,
          "a platform or a pattern; write one as Sentry names it, such as python or javascript*");
  static final Key<YamlMap> PROJECTS =
      Key.mapping(
          "projects",
          "Projects that may be probed. Others have no series, are not in `/sd`, and a probe of one"
              + " fails with reason `not_allowed`; see docs/service-discovery.md#selection.",
          INCLUDE,
          EXCLUDE,
          TEAMS,
          PLATFORMS);
  static final Key<Double> SHARE =
      Key.ratio(
          "share",
          "Share of the rate and concurrency that Sentry advertises that may be used, above 0"
              + " and at most 1. The rest is for browsers and other programs with the same"
              + " token.",
          HALF);
  static final Key<Integer> MAX_CONCURRENT =
      Key.integer("max_concurrent", 1, 100, "Maximum number of concurrent requests.")
          .byDefault(CONCURRENT);
  static final Key<List<URI>> REGIONS =
      Key.text(
              "regions",
              "<server>",
              "URLs of Sentry's regions that the token may go to as well, such as"
                  + " `https://de.sentry.io`. Organizations of these regions are requested there,"
                  + " all others at `url`; see docs/service-discovery.md#regions.",
              SentryUrl.SENTRY_IO,
              SentryUrl::server)
          .list();
  static final Key<YamlMap> RATE_LIMIT =
      Key.mapping(
          "rate_limit",
          "How Sentry's rate limits are kept. They are read from its answers; a self-hosted Sentry"
              + " advertises none.",
          SHARE,
          MAX_CONCURRENT);
  static final List<Key<?>> KEYS =
      Stream.concat(
              Stream.of(
                  URL,
                  AUTH_TOKEN,
                  AUTH_TOKEN_FILE,
                  ORGANIZATIONS,
                  EXCLUDE_ORGANIZATIONS,
                  PROJECTS,
                  REGIONS,
                  RATE_LIMIT),
              HttpClientKeys.KEYS.stream())
          .toList();

  private InstanceKeys() {}

  static Instance read(Entry entry, ConfigEnvironment environment, Problems problems) {
    if (entry.name().isEmpty()) {
      entry.nameLocation().error("an instance without a name; write one");
    }
    boolean isDefault = entry.name().equals(DEFAULT_NAME);
    var yaml = entry.map().only(KEYS);
    var organizations = yaml.get(ORGANIZATIONS);
    if (yaml.isEmptyList(ORGANIZATIONS)) {
      yaml.location(ORGANIZATIONS)
          .error("no organization; name one, or remove the key for all that the token sees");
    }
    refuseEmptyLists(yaml);
    boolean namesNone = isDefault && yaml.lacks(ORGANIZATIONS);
    if (isDefault && !namesNone && environment.have(ConfigEnvironment.ORGANIZATIONS)) {
      yaml.location(ORGANIZATIONS)
          .warn("stands here, so the variable " + ConfigEnvironment.ORGANIZATIONS + " is not used");
    }
    var limit = yaml.get(RATE_LIMIT);
    boolean fromEnvironment = isDefault && yaml.lacks(URL);
    if (isDefault && !fromEnvironment && environment.have(ConfigEnvironment.URL)) {
      yaml.location(URL)
          .warn("stands here, so the variable " + ConfigEnvironment.URL + " is not used");
    }
    URI url = fromEnvironment ? environment.url(problems) : yaml.get(URL);
    if (yaml.get(REGIONS).contains(url)) {
      yaml.location(REGIONS).error("has the url of the instance itself; remove it from the list");
    }
    var client = HttpClientKeys.read(yaml, environment);
    var names = namesNone ? environment.organizations(problems) : Set.copyOf(organizations);
    return new Instance(
        entry.name(),
        url,
        client != null && client.authorization() != null
            ? ofClient(entry, yaml, environment)
            : credentials(entry, yaml, environment, problems),
        wholeNames(names),
        selection(names, yaml),
        limit.get(SHARE),
        limit.get(MAX_CONCURRENT),
        yaml.get(REGIONS),
        client);
  }

  /// The instance `default` as the environment alone describes it; null if it has no token, and
  /// after an error.
  static @Nullable Instance ofEnvironment(ConfigEnvironment environment, Problems problems) {
    Credentials credentials = environment.credentials(problems);
    if (credentials == null) {
      return null;
    }
    var names = environment.organizations(problems);
    return new Instance(
        DEFAULT_NAME,
        environment.url(problems),
        credentials,
        wholeNames(names),
        selection(names, YamlMap.empty()),
        HALF,
        CONCURRENT,
        List.of(),
        null);
  }

  private static Key<List<String>> patterns(String name, String help, String form, String wanted) {
    return Key.text(
            name,
            "<pattern>",
            help,
            "",
            (String text, Location location) -> {
              if (text.matches(form)) {
                return text;
              }
              location.error(Quoted.of(text) + " is not " + wanted);
              return null;
            })
        .list();
  }

  /// An empty list would select everything, or nothing: both may be meant.
  private static void refuseEmptyLists(YamlMap yaml) {
    var projects = yaml.get(PROJECTS);
    for (var key : List.of(INCLUDE, TEAMS, PLATFORMS)) {
      if (projects.isEmptyList(key)) {
        projects.location(key).error("empty; write one, or remove the key for all projects");
      }
    }
  }

  /// The names without patterns.
  private static Set<String> wholeNames(Set<String> names) {
    return names.stream()
        .filter(name -> name.indexOf('*') < 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Null where the names are all that is selected by.
  private static @Nullable Selection selection(Set<String> names, YamlMap yaml) {
    var projects = yaml.get(PROJECTS);
    var included = names.stream().filter(name -> name.indexOf('*') >= 0).toList();
    var others =
        Stream.concat(
            Stream.of(yaml.get(EXCLUDE_ORGANIZATIONS)),
            Stream.of(INCLUDE, EXCLUDE, TEAMS, PLATFORMS).map(projects::get));
    return included.isEmpty() && others.allMatch(List::isEmpty)
        ? null
        : new Selection(
            new Rule(patterns(included), patterns(yaml.get(EXCLUDE_ORGANIZATIONS))),
            new Rule(patterns(projects.get(INCLUDE)), patterns(projects.get(EXCLUDE))),
            patterns(projects.get(TEAMS)),
            patterns(projects.get(PLATFORMS)));
  }

  private static Set<SlugPattern> patterns(List<String> texts) {
    return texts.stream().map(SlugPattern::new).collect(Collectors.toUnmodifiableSet());
  }

  /// The settings of the client authorize, and nothing else may.
  private static Credentials ofClient(Entry entry, YamlMap yaml, ConfigEnvironment environment) {
    var key =
        Stream.of(HttpClientKeys.AUTHORIZATION, HttpClientKeys.BASIC_AUTH, HttpClientKeys.OAUTH2)
            .filter(one -> !yaml.lacks(one))
            .findFirst()
            .orElseThrow();
    boolean hasToken = !yaml.lacks(AUTH_TOKEN);
    if (hasToken || !yaml.lacks(AUTH_TOKEN_FILE)) {
      yaml.location(key)
          .error(
              "set together with "
                  + (hasToken ? AUTH_TOKEN : AUTH_TOKEN_FILE).name()
                  + ", which makes the header Authorization too; remove one of them. A proxy in"
                  + " front of Sentry that wants a login needs a header of its own, in"
                  + " http_headers");
    }
    if (entry.name().equals(DEFAULT_NAME) && environment.haveToken()) {
      yaml.location(key).warn("stands here, so the token of the environment is not used");
    }
    return new Credentials.OfClient();
  }

  private static Credentials credentials(
      Entry entry, YamlMap yaml, ConfigEnvironment environment, Problems problems) {
    boolean hasToken = !yaml.lacks(AUTH_TOKEN);
    boolean hasFile = !yaml.lacks(AUTH_TOKEN_FILE);
    if (hasToken && hasFile) {
      yaml.location(AUTH_TOKEN_FILE).error("set together with auth_token; remove one of them");
    }
    boolean isDefault = entry.name().equals(DEFAULT_NAME);
    if (isDefault && (hasFile || hasToken) && environment.haveToken()) {
      yaml.location(hasFile ? AUTH_TOKEN_FILE : AUTH_TOKEN)
          .warn("stands here, so the token of the environment is not used");
    }
    if (hasFile) {
      return tokenFile(yaml, environment);
    }
    if (hasToken) {
      return new Credentials.Token(yaml.get(AUTH_TOKEN));
    }
    if (isDefault && environment.haveToken()) {
      Credentials credentials = environment.credentials(problems);
      return credentials == null ? new Credentials.Token(NO_TOKEN) : credentials;
    }
    if (isDefault) {
      environment.reportForeign(ConfigEnvironment.TOKEN, problems);
    }
    entry
        .location()
        .error(
            "no token; write auth_token_file: or auth_token:"
                + (isDefault ? ", or set the variable " + ConfigEnvironment.TOKEN : ""));
    return new Credentials.Token(NO_TOKEN);
  }

  private static Credentials tokenFile(YamlMap yaml, ConfigEnvironment environment) {
    Path written = yaml.get(AUTH_TOKEN_FILE);
    return written.equals(NO_FILE) // reported before
        ? new Credentials.TokenFile(written)
        : tokenFile(environment.folder().resolve(written), yaml.location(AUTH_TOKEN_FILE));
  }

  /// A file of a token, with a warning at its place if it does not hold one now.
  static Credentials tokenFile(Path file, Location location) {
    TokenReader.fault(file)
        .ifPresent(fault -> location.warn(fault + "; probes fail with reason auth until then"));
    return new Credentials.TokenFile(file);
  }

  static @Nullable Path path(String text, Location location) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException _) {
      // reported below
    }
    location.error("not the name of a file; write one like /run/secrets/sentry-token");
    return null;
  }

  /// The slug of an organization, or a pattern; null after an error.
  static @Nullable String organization(String text, Location location) {
    var target = Target.parse(text);
    boolean isPattern = text.indexOf('*') >= 0 && text.matches(ORGANIZATION_PATTERN);
    if (isPattern || (target != null && target.project() == null)) {
      return text;
    }
    location.error(
        Quoted.of(text)
            + " is not the slug or id of an organization; write it as in Sentry's URLs, such as"
            + " acme, or a pattern such as my-*");
    return null;
  }

  private static SortedSet<String> texts(Set<SlugPattern> patterns) {
    return patterns.stream().map(SlugPattern::text).collect(Collectors.toCollection(TreeSet::new));
  }

  private static void put(Map<String, Object> yaml, Key<?> key, SortedSet<String> items) {
    if (!items.isEmpty()) {
      yaml.put(key.name(), List.copyOf(items));
    }
  }

  /// As `/config` shows it.
  static Map<String, ?> toYaml(Instance instance) {
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put(URL.name(), instance.url().toString());
    switch (instance.credentials()) {
      case Credentials.Token(Secret token) -> yaml.put(AUTH_TOKEN.name(), token.toString());
      case Credentials.TokenFile(Path file) -> yaml.put(AUTH_TOKEN_FILE.name(), file.toString());
      case Credentials.OfClient _ -> {} // among the client's keys
    }
    var names = new TreeSet<>(instance.organizations());
    Selection selection = instance.selection();
    if (selection != null) {
      names.addAll(texts(selection.organizations().included()));
    }
    put(yaml, ORGANIZATIONS, names);
    if (selection != null) {
      put(yaml, EXCLUDE_ORGANIZATIONS, texts(selection.organizations().excluded()));
      var projects = new LinkedHashMap<String, Object>();
      put(projects, INCLUDE, texts(selection.projects().included()));
      put(projects, EXCLUDE, texts(selection.projects().excluded()));
      put(projects, TEAMS, texts(selection.teams()));
      put(projects, PLATFORMS, texts(selection.platforms()));
      if (!projects.isEmpty()) {
        yaml.put(PROJECTS.name(), projects);
      }
    }
    if (!instance.regions().isEmpty()) {
      yaml.put(REGIONS.name(), instance.regions().stream().map(URI::toString).toList());
    }
    var limit = new LinkedHashMap<String, Object>();
    limit.put(SHARE.name(), instance.rateShare());
    limit.put(MAX_CONCURRENT.name(), instance.maxConcurrent());
    yaml.put(RATE_LIMIT.name(), limit);
    if (instance.client() != null) {
      yaml.putAll(instance.client().shown());
    }
    return yaml;
  }
}
