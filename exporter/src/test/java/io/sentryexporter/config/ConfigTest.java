package io.sentryexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.ClientSettings.ExtraHeader;
import io.sentryexporter.http.ClientSettings.OAuth2;
import io.sentryexporter.http.ClientSettings.TypedCredentials;
import io.sentryexporter.http.ClientSettings.Value;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.ProxyRules;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.Selection;
import io.sentryexporter.sentry.Selection.Rule;
import io.sentryexporter.sentry.SlugPattern;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/config");
  private static final String AUTHORIZATION = "Authorization";

  @Test
  void everyKeyOfAnHttpModuleIsRead() {
    var module = http(load(FOLDER.resolve("full.good.yml")), "legacy");

    assertThat(module.prober()).isEqualTo("http");
    assertThat(module.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(module.refreshInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(module.prefix()).isEqualTo("https://sentry.io/api/0/projects/");
    assertThat(module.prefixUri()).hasToString(module.prefix());
    assertThat(module.validStatusCodes()).containsExactly(200, 201);
    assertThat(module.headers())
        .containsExactly(
            new Header(AUTHORIZATION, new Secret("Bearer 0123456789abcdef")),
            new Header("X-Forwarded-Proto", new Secret("https")));
  }

  @Test
  void everyKeyOfAnInstanceIsRead() {
    var instances = load(FOLDER.resolve("full.good.yml")).instances();

    assertThat(instances)
        .containsEntry(
            "default",
            new Instance(
                "default",
                URI.create("https://sentry.io"),
                new Credentials.TokenFile(FOLDER.resolve("token.txt")),
                Set.of("acme", "globex"),
                new Selection(
                    new Rule(patterns("my-*"), patterns("*-test")),
                    new Rule(patterns("web-*", "acme/api"), patterns("web-old")),
                    patterns("backend"),
                    patterns("python*")),
                0.25,
                2,
                List.of(URI.create("https://us.sentry.io"), URI.create("https://de.sentry.io")),
                null))
        .containsEntry(
            "on_premises",
            new Instance(
                "on_premises",
                URI.create("https://sentry.example.org/monitoring"),
                new Credentials.Token(new Secret("0123456789abcdef")),
                Set.of(),
                0.5,
                4));
  }

  /// Which is how the exporter sees whether a file has changed.
  @Test
  void everyKeyComparesByItsValue() {
    Path full = FOLDER.resolve("full.good.yml");
    assertThat(load(full)).isEqualTo(load(full)).isNotSameAs(load(full));
  }

  private static Set<SlugPattern> patterns(String... texts) {
    return Stream.of(texts).map(SlugPattern::new).collect(Collectors.toSet());
  }

  @Test
  void everyKeyOfAClientIsReadInInstancesAndModulesAlike() {
    var config = load(FOLDER.resolve("full.good.yml"));
    var client = requireNonNull(requireNonNull(config.instances().get("authorization")).client());
    var file = new Value.InFile("authorization.credentials_file", inFolder("client/secret.txt"));

    assertThat(http(config, "authorization").client()).isEqualTo(client);
    assertThat(client.authorization())
        .isEqualTo(new TypedCredentials("Bearer", value("0123456789abcdef")));
    assertThat(client.headers())
        .containsExactly(
            new ExtraHeader("CF-Access-Client-Id", value("exporter.access"), false),
            new ExtraHeader("CF-Access-Client-Secret", value("0123456789abcdef"), true),
            new ExtraHeader(
                "CF-Access-Client-Secret",
                new Value.InFile(
                    "http_headers.CF-Access-Client-Secret.files", inFolder("client/secret.txt")),
                true));
    assertThat(client.proxies())
        .isEqualTo(
            ProxyRules.of(
                URI.create("http://exporter:hunter2@proxy.example.org:3128"),
                ".internal, 10.0.0.0/8"));
    assertThat(client.connectHeaders())
        .containsExactly(new Header("X-Tenant", new Secret("0123456789abcdef")));
    assertThat(client.redirects()).isEqualTo(ClientSettings.Redirects.RETURNED);
    assertThat(client.bodyBytes()).isEqualTo(10 << 20);
    assertThat(requireNonNull(client.tls()).serverName()).isEqualTo("sentry.internal");
    assertThat(requireNonNull(http(config, "authorization_in_files").client()).authorization())
        .isEqualTo(new TypedCredentials("Bearer", file));
    assertThat(requireNonNull(http(config, "oauth2").client()).authorization())
        .isInstanceOfSatisfying(
            OAuth2.class,
            oauth -> {
              assertThat(oauth.clientId()).isEqualTo("exporter");
              assertThat(oauth.clientSecret()).isEqualTo(value("hunter2"));
              assertThat(oauth.tokenUrl()).hasToString("https://login.example.org/token");
              assertThat(oauth.scopes()).containsExactly("sentry.read");
              assertThat(oauth.parameters())
                  .containsExactly(Map.entry("audience", "https://sentry.example.org"));
              assertThat(oauth.client().tls()).isEqualTo(client.tls());
              assertThat(oauth.client().proxies())
                  .isEqualTo(
                      ProxyRules.of(URI.create("http://proxy.example.org:3128"), ".internal"));
            });
  }

  private static Path inFolder(String name) {
    return FOLDER.resolve(name);
  }

  private static Value value(String text) {
    return new Value.Text(new Secret(text));
  }

  @Test
  void withoutItsKeysAClientIsTheEnvironments() {
    var config =
        parse(
            """
            instances: {default: {auth_token: 0123456789abcdef}}
            modules: {sentry: {prober: sentry}, legacy: {prober: http}}
            """);

    assertThat(requireNonNull(config.instances().get("default")).client()).isNull();
    assertThat(http(config, "legacy").client()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1B, 1",
    "10KB, 10240",
    "10KiB, 10240",
    "2MB, 2097152",
    "1GiB, 1073741824",
    "9GB, 2147483646"
  })
  void aSizeCountsAsInPrometheus(String size, int bytes) {
    var yaml = prefixYaml("https://sentry.io/api/");
    var config = parse(yaml.replace("}}}", ", body_size_limit: " + size + "}}}"));

    assertThat(requireNonNull(http(config, "sentry").client()).bodyBytes()).isEqualTo(bytes);
  }

  @Test
  void noProxyIsUsedWhereTheEnvironmentsAreSwitchedOff() {
    var yaml = prefixYaml("https://sentry.io/api/");
    var off = parse(yaml.replace("}}}", ", proxy_from_environment: false}}}"));
    var on = parse(yaml.replace("}}}", ", proxy_from_environment: true}}}"));

    assertThat(requireNonNull(http(off, "sentry").client()).proxies()).isEqualTo(ProxyRules.NONE);
    assertThat(requireNonNull(http(on, "sentry").client()).proxies()).isNull();
  }

  @Test
  void everyKeyOfASentryModuleIsRead() {
    var module = sentry(load(FOLDER.resolve("full.good.yml")), "sentry");

    assertThat(module.prober()).isEqualTo("sentry");
    assertThat(module.instance()).isEqualTo("default");
    assertThat(module.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(module.limits()).isEqualTo(new SentryModule.SeriesLimits(100_000, 1_000));
    assertThat(module.collectors())
        .extracting(ConfiguredCollector::type)
        .containsExactlyElementsOf(CollectorCatalog.types());
    assertThat(module.collectors().getFirst().policy())
        .isEqualTo(new CachePolicy(Duration.ofMinutes(10), Duration.ofHours(1)));
  }

  @Test
  void aSentryModuleWithoutCollectorsHasTheDefaultOnes() {
    var module =
        sentry(
            parse(
                "{instances: {default: {auth_token: 0123456789abcdef}}, modules: {sentry: {prober:"
                    + " sentry}}}"),
            "sentry");

    assertThat(module.timeout()).isZero();
    assertThat(module.limits()).isEqualTo(new SentryModule.SeriesLimits(500_000, 2_000));
    assertThat(module.collectors())
        .extracting(collector -> collector.type().name())
        .containsExactlyElementsOf(
            CollectorCatalog.types().stream()
                .filter(CollectorType::usedByDefault)
                .map(CollectorType::name)
                .toList())
        .isNotEmpty();
  }

  @Test
  void absentKeysHaveTheirDefaults() {
    var module = http(parse("modules: {sentry: {prober: http}}"), "sentry");

    assertThat(module.timeout()).isZero();
    assertThat(module.refreshInterval()).isZero();
    assertThat(module.prefix()).isEmpty();
    assertThat(module.prefixUri()).isNull();
    assertThat(module.validStatusCodes()).isEmpty();
    assertThat(module.headers()).isEmpty();
  }

  @Test
  void modulesKeepTheOrderOfTheFile() {
    var config = parse("modules: {zulu: {prober: http}, alpha: {prober: http}, mike: }");

    assertThat(config.modules().keySet()).containsExactly("zulu", "alpha", "mike");
  }

  @Test
  void theFullFileNamesEveryDeclaredKey() {
    var problems = new Problems("full.good.yml");
    var yaml = YamlFile.read(text(FOLDER.resolve("full.good.yml")), Config.KEYS, problems);

    assertNamesAll(List.of(yaml), Config.KEYS);
    assertThat(problems.inOrder()).isEmpty();
  }

  /// @param yaml mappings of one kind, which have the keys together
  private static void assertNamesAll(List<YamlMap> yaml, List<Key<?>> keys) {
    for (var key : keys) {
      var having = yaml.stream().filter(map -> !map.lacks(key)).toList();
      assertThat(having).as("lacks %s", key.name()).isNotEmpty();
      if (!key.children().isEmpty()) {
        assertNamesAll(having.stream().flatMap(map -> below(map, key)).toList(), key.children());
      }
    }
  }

  /// The mapping that is the key's value, or those that are its entries'.
  private static Stream<YamlMap> below(YamlMap map, Key<?> key) {
    return switch (map.get(key)) {
      case YamlMap value when key.form().isEmpty() -> Stream.of(value);
      case YamlMap value -> value.entries().stream().map(Entry::map);
      case List<?> items -> items.stream().map(YamlMap.class::cast);
      default -> throw new AssertionError(key.name());
    };
  }

  @Test
  void theFullFileNamesEveryCollectorWithEveryKey() {
    var yaml = YamlFile.read(text(FOLDER.resolve("full.good.yml")), Config.KEYS, new Problems(""));
    var collectors =
        yaml.get(Config.MODULES).entries().getFirst().map().get(SentryModule.COLLECTORS).entries();

    for (var type : CollectorCatalog.types()) {
      var settings =
          collectors.stream().filter(entry -> entry.name().equals(type.name())).findFirst();
      assertThat(settings).as(type.name()).isPresent();
      assertNamesAll(List.of(settings.get().map()), type.keys());
    }
  }

  @Test
  void theExampleOfTheTarballNeedsNothingButAToken() {
    Path example = Path.of("examples/sentry_exporter.yml");

    assertThat(new ConfigSource(example, true, Map.of()).get().problems())
        .singleElement()
        .extracting(Problem::text)
        .asString()
        .contains("SENTRY_AUTH_TOKEN");
    assertThat(
            new ConfigSource(example, true, Map.of("SENTRY_AUTH_TOKEN", "sntryu_0123456789"))
                .get()
                .problems())
        .isEmpty();
  }

  @Test
  void theExamplesCommentsLoadToo() throws IOException {
    String whole =
        Files.readString(Path.of("examples/sentry_exporter.yml"))
            .replaceAll("(?m)^( *)# ( *[a-z_]+:)", "$1$2")
            .replaceAll("auth_token_file:.*", "auth_token: TOKEN");

    var reading = Config.parse(whole, "sentry_exporter.yml");

    assertThat(reading.problems())
        .allSatisfy(one -> assertThat(one.text()).contains("placeholder"));
    assertThat(requireNonNull(reading.config()).modules()).containsOnlyKeys("sentry", "legacy");
    assertThat(whole).contains("\n    organizations:", "\n      quota:");
  }

  @Test
  void headerValuesAreTakenAsWrittenAndTrimmed() {
    var module = http(load(FOLDER.resolve("old-oddities.good.yml")), "defaults");

    assertThat(module.headers())
        .containsExactly(
            new Header("X-Number", new Secret("0123")),
            new Header("X-Boolean", new Secret("true")),
            new Header("X-Quoted", new Secret("spaced out")),
            new Header("host", new Secret("sentry.internal")));
  }

  @Test
  void aMergedModuleInheritsTheKeysThatItDoesNotSet() {
    var module = http(load(FOLDER.resolve("old-oddities.good.yml")), "merged");

    assertThat(module.prefix()).isEqualTo("http://127.0.0.1:9000/api/0/projects/");
    assertThat(module.validStatusCodes()).isEmpty();
    assertThat(module.headers()).hasSize(4);
  }

  @Test
  void aNegativeTimeoutIsNone() {
    var module = parse("modules: {sentry: {prober: http, timeout: -5s}}").modules().get("sentry");

    assertThat(requireNonNull(module).timeout()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"tcp, tcp", "HTTP, HTTP", "'', ''", "5, 5", "~, ''"})
  void aModuleWithAnotherProberIsKeptUnderItsName(String written, String prober) {
    var config = parse("modules: {sentry: {prober: %s, http: {unknown: key}}}".formatted(written));

    assertThat(config.modules())
        .containsEntry("sentry", new Module.UnknownProber("sentry", prober));
    assertThat(config.warnings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "https://sentry.io/api/0/projects/, https://sentry.io/api/0/projects/",
    "https://sentry.io/api/0/projects, https://sentry.io/api/0/projects",
    "HTTPS://Sentry.IO/api/, https://Sentry.IO/api/",
    "http://[::1]:9000/api/0/, http://[::1]:9000/api/0/",
    "http://sentry_web:9000/api/, http://sentry_web:9000/api/",
    "https://sentry.io/a b/ü/%2F/, https://sentry.io/a%20b/%C3%BC/%2F/",
    "https://sentry.io/{ORGANIZATION_SLUG}/, https://sentry.io/%7BORGANIZATION_SLUG%7D/",
    "https://user:pass@sentry.io/api/, https://sentry.io/api/",
  })
  void aPrefixIsEscapedAndFreedOfItsUser(String prefix, String uri) {
    assertThat(withPrefix(prefix).prefixUri()).hasToString(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sentry.io/api/0/",
        "/api/0/",
        "https:///api/0/",
        "https:/sentry.io/api/",
        "https://sentry.io",
        "https://sentry.io:port/api/",
        "http://sentry:0/x/",
        "http://sentry:65536/x/",
        "http://sentry:99999/x/",
        "http://[::1]:99999/x/",
        "https://sentry.io:123456/api/",
        "https://[::zz]/api/",
        "https://[1:2]/api/",
        "https://sen try.io/api/",
        "https://sentry.io/api/?a=b",
        "https://sentry.io/api/#top",
        "https://sentry.io/100%/",
        "ftp://sentry.io/api/",
        "javascript:alert(1)",
      })
  void aPrefixThatCannotBeRequestedLoadsWithAWarning(String prefix) {
    var config = parse(prefixYaml(prefix));

    assertThat(http(config, "sentry").prefixUri()).isNull();
    assertThat(config.warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning.text()).contains("every probe will fail"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://sentry.com/api/0/, true",
    "https://Sentry.COM./api/0/, true",
    "https://Acme.Sentry.Com:443/api/0/, true",
    "https://user@sentry.com/api/0/, true",
    "https://sentry.io/sentry.com/, false",
    "https://mysentry.com/api/0/, false",
    "https://sentry.com.example.org/api/0/, false",
  })
  void theInsuranceCompanyIsWarnedOf(String prefix, boolean warned) {
    var warnings = parse(prefixYaml(prefix)).warnings().stream().map(Problem::text).toList();

    assertThat(warnings.contains("sentry.com is not Sentry; did you mean sentry.io?"))
        .isEqualTo(warned);
  }

  @ParameterizedTest
  @CsvSource({
    "http://sentry.example.org/api/, true",
    "https://sentry.example.org/api/, false",
    "http://localhost:9000/api/, false",
    "http://127.0.0.1:9000/api/, false",
    "http://[::1]:9000/api/, false",
    "http://127.0.0.1.example.org/api/, true",
  })
  void aTokenSentInPlainTextToAnotherMachineIsWarnedOf(String prefix, boolean warned) {
    var yaml = prefixYaml(prefix).replace("}}}", ", headers: {authorization: Bearer x}}}}");

    assertThat(parse(yaml).warnings()).hasSize(warned ? 1 : 0);
  }

  @Test
  void userAndPasswordOfThePrefixAuthorizeUnlessAHeaderDoes() {
    var plain = withPrefix("https://us%65r:p%40ss+@sentry.io/api/");
    var yaml = prefixYaml("https://user:pass@sentry.io/api/");
    var header = parse(yaml.replace("}}}", ", headers: {authorization: own}}}}"));

    assertThat(plain.headers())
        .containsExactly(new Header(AUTHORIZATION, new Secret("Basic dXNlcjpwQHNzKw==")));
    assertThat(http(header, "sentry").headers())
        .containsExactly(new Header("authorization", new Secret("own")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer {TOKEN}", "Bearer {Token}", "Bearer TOKEN", "TOKEN", "<secret>"})
  void aPlaceholderForTheTokenIsWarnedOf(String value) {
    var yaml =
        prefixYaml("https://sentry.io/api/")
            .replace("}}}", ", headers: {Authorization: '" + value + "'}}}}");

    assertThat(parse(yaml).warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning.text()).contains("placeholder"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "old-oddities", "old-projects"})
  void theShownConfigurationHidesSecretsAndLoadsAgain(String name) {
    var config = load(FOLDER.resolve(name + ".good.yml"));
    var shown = config.toYaml();

    Golden.assertMatches(FOLDER.resolve(name + ".shown.yml"), shown);
    assertThat(shown).doesNotContain("0123456789abcdef", "hunter2");
    assertThat(parse(shown).toYaml().replaceAll(AUTHORIZATION + ": .*", ""))
        .isEqualTo(shown.replaceAll(AUTHORIZATION + ": .*", ""));
  }

  @Test
  void nothingOfAConfigurationPrintsASecret() {
    var config =
        parse(
            """
            modules:
              a:
                prober: http
                http:
                  prefix: https://user:CANARY1@sentry.io/api/
                  headers: {Cookie: CANARY2}
              b: {prober: http, http: {prefix: Bearer CANARY3}}
              c: {prober: http, http: {prefix: "https://CANARY4@sentry.io/?x=CANARY5"}}
              d: {prober: http, http: {prefix: "https://user:CANARY6 @:x@/"}}
            """);

    assertThat(config.toString()).doesNotContain("CANARY");
    assertThat(config.toYaml()).doesNotContain("CANARY").contains("https://user:xxxxx@sentry.io");
  }

  @Test
  void aFileThatIsNotThereIsAProblem(@TempDir Path folder) {
    assertRefused(folder.resolve("sentry_exporter.yml"), "no such file");
  }

  @Test
  void aFolderIsAProblem(@TempDir Path folder) {
    assertRefused(folder, "a folder; name the file in it");
  }

  @Test
  void aDeviceIsAProblem() {
    assertRefused(Path.of("/dev/null"), "not a regular file");
  }

  @Test
  void aPipeIsAProblemAndNotWaitedFor(@TempDir Path folder) throws Exception {
    var pipe = folder.resolve("sentry_exporter.yml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertTimeoutPreemptively(
        Duration.ofMinutes(1), () -> assertRefused(pipe, "not a regular file"));
  }

  @Test
  void aLinkToAFileIsThatFile(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("a.yml"), "modules: {sentry: {prober: http}}");
    var link = Files.createSymbolicLink(folder.resolve("b.yml"), file);

    assertThat(new ConfigSource(link, true, Map.of()).get().config()).isNotNull();
  }

  @Test
  void aFileOverOneMebibyteIsAProblem(@TempDir Path folder) throws IOException {
    var file = folder.resolve("sentry_exporter.yml");
    Files.writeString(file, "# " + "x".repeat(1 << 20));

    assertRefused(file, "over 1 MiB");
  }

  @Test
  void aByteOrderMarkIsSkipped(@TempDir Path folder) throws IOException {
    var file = folder.resolve("sentry_exporter.yml");
    Files.writeString(file, "\uFEFFmodules: {sentry: {prober: http}}\r\n");

    assertThat(new ConfigSource(file, true, Map.of()).get().config()).isNotNull();
  }

  @Test
  void aRecordRefusesWhatNoFileCanHave() {
    UnaryOperator<Duration> negative = Duration::negated;
    assertThatThrownBy(() ->
            new HttpModule(
                "sentry",
                negative.apply(Duration.ofSeconds(1)),
                "",
                null,
                Set.of(),
                List.of(),
                Duration.ZERO,
                0.5,
                null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Config.Result(null, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRefused(Path file, String why) {
    var reading = new ConfigSource(file, true, Map.of()).get();

    assertThat(reading.config()).isNull();
    assertThat(reading.problems()).singleElement().asString().startsWith(file + ": ").contains(why);
  }

  private static HttpModule withPrefix(String prefix) {
    return http(parse(prefixYaml(prefix)), "sentry");
  }

  private static String prefixYaml(String prefix) {
    return "modules: {sentry: {prober: http, http: {prefix: '" + prefix + "'}}}";
  }

  private static SentryModule sentry(Config config, String name) {
    assertThat(config.modules().get(name)).isInstanceOf(SentryModule.class);
    return (SentryModule) requireNonNull(config.modules().get(name));
  }

  private static HttpModule http(Config config, String name) {
    assertThat(config.modules().get(name)).isInstanceOf(HttpModule.class);
    return (HttpModule) requireNonNull(config.modules().get(name));
  }

  private static Config parse(String text) {
    var reading = Config.parse(text, "test.yml");
    assertThat(reading.problems()).noneMatch(Problem::isError);
    return requireNonNull(reading.config());
  }

  private static Config load(Path file) {
    return requireNonNull(new ConfigSource(file, true, Map.of()).get().config());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
