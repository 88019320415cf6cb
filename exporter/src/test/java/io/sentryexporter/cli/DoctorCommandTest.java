package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Certificates;
import io.sentryexporter.http.RawServer;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// `sentry_exporter doctor`: the most common mistakes, each made for real.
class DoctorCommandTest {
  /// Of a form that nothing else has.
  private static final String TOKEN =
      "sntryu_7q0zk5w1vx8j3m6t9b2n4c7d0f3g6h9k2p5r8s1u4w7y0a3e6i9l2o5q8t1v4x";

  private static final String COLLECTORS = "projects: {}, outcomes: {}";
  private static final String HTTP =
      "modules: {sentry: {prober: http, http: {prefix: '%s/api/0/projects/',"
          + " headers: {Authorization: Bearer %s}}}}\n";

  @TempDir static Path certificatesFolder = Path.of("");
  private static Certificates certificates = new Certificates(Path.of(""));

  @TempDir Path folder = Path.of("");

  private final ProgramRun program = new ProgramRun();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() {
    certificates = Certificates.in(certificatesFolder);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private SimulatedSentry sentry(UnaryOperator<ServerOptions> changed) {
    var options =
        ServerOptions.onLoopback(InstantSource.system())
            .withInstallation(Installation.SELF_HOSTED)
            .withTokens(Token.reading(TOKEN));
    var sentry = SimulatedSentry.start(SimulatedWorld.demo(1), changed.apply(options));
    opened.add(sentry);
    return sentry;
  }

  private SimulatedSentry sentry() {
    return sentry(options -> options);
  }

  private RawServer server(RawServer.Script script) {
    var server = RawServer.playing(script);
    opened.add(server);
    return server;
  }

  /// A file of an instance with some keys and a module with some collectors.
  private String file(String instance, String collectors, String module) {
    return write(
        "instances: {default: {%s}}\nmodules: {sentry: {prober: sentry, collectors: {%s}%s}}\n"
            .formatted(instance, collectors, module));
  }

  private String file(URI url, String more) {
    return file("url: '" + url + "', auth_token: " + TOKEN + more, COLLECTORS, "");
  }

  private String file(SimulatedSentry sentry) {
    return file(sentry.url(), "");
  }

  /// With a token file that has a text.
  private String tokenFile(SimulatedSentry sentry, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), text);
    return file("url: '" + sentry.url() + "', auth_token_file: " + file, COLLECTORS, "");
  }

  /// Without the right to read for others.
  private String write(String yaml) {
    try {
      Path file = ProgramRun.write(folder, yaml);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      return "--config.file=" + file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int doctor(String... arguments) {
    var words = new ArrayList<>(List.of("doctor", "--storage.path=" + folder.resolve("data")));
    words.addAll(Arrays.asList(arguments));
    return program.run(words.toArray(String[]::new));
  }

  /// A mistake, and what doctor finds.
  ///
  /// @param making makes it, and returns the arguments
  record Mistake(String name, int exitCode, Making making, List<String> words) {
    Mistake(String name, int exitCode, Making making, String... words) {
      this(name, exitCode, making, List.of(words));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  interface Making {
    String make(DoctorCommandTest test) throws Exception;
  }

  private static Token without(String scope) {
    var scopes = new TreeSet<>(Token.READ_SCOPES);
    scopes.remove(scope);
    return new Token(TOKEN, scopes, Set.of());
  }

  private static Stream<Mistake> mistakes() {
    return Stream.of(files(), tokens(), addresses(), servers()).flatMap(each -> each);
  }

  private static Stream<Mistake> files() {
    return Stream.of(
        new Mistake(
            "no file and no token", 1, _ -> "", "nothing is configured", "set SENTRY_AUTH_TOKEN"),
        new Mistake(
            "a tab in the file",
            1,
            test -> test.write("instances:\n\tdefault: {}\n"),
            "sentry_exporter.yml:2:1"),
        new Mistake(
            "a key that is misspelt",
            1,
            test -> test.write("modules: {sentry: {prober: sentry, colectors: {}}}\n"),
            "unknown key; did you mean \"collectors\"?"),
        new Mistake(
            "a prefix without a path",
            1,
            test -> test.write("modules: {sentry: {prober: http, http: {prefix: 'http://h'}}}\n"),
            "FAILURE  url",
            "every probe will fail",
            "write one like https://sentry.io/api/0/projects/"),
        new Mistake(
            "a prober that is not known",
            1,
            test -> test.write("modules: {sentry: {prober: https}}\n"),
            "FAILURE  prober",
            "unknown prober \"https\", so every probe is refused",
            "write prober: sentry, or prober: http"),
        new Mistake(
            "a collector that is misspelt",
            1,
            test -> test.file("url: https://sentry.io, auth_token: " + TOKEN, "outcome: {}", ""),
            "did you mean \"outcomes\"?"),
        new Mistake(
            "a file that everybody can read",
            0,
            test -> {
              String argument = test.file(test.sentry());
              Path file = test.folder.resolve("sentry_exporter.yml");
              Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
              return argument;
            },
            "warning  permissions",
            "chmod o-r"),
        new Mistake(
            "a folder that cannot be written",
            1,
            test -> {
              Path file = Files.writeString(test.folder.resolve("file"), "");
              return test.file(test.sentry()) + " --storage.path=" + file.resolve("data");
            },
            "FAILURE  storage",
            "refuses to start",
            "--storage.path"),
        new Mistake(
            "a web configuration with an error",
            1,
            test -> {
              Path file = Files.writeString(test.folder.resolve("web.yml"), "user: {}\n");
              return test.file(test.sentry()) + " --web.config.file=" + file;
            },
            "FAILURE  web config",
            "web.yml:1:1"),
        new Mistake(
            "a SOCKS proxy in the environment",
            1,
            test -> {
              test.program.setEnvironment(Map.of("HTTPS_PROXY", "socks5://proxy:1080"));
              return test.file(test.sentry());
            },
            "SOCKS is not supported"));
  }

  private static Stream<Mistake> tokens() {
    return Stream.of(
        new Mistake(
            "no token file",
            1,
            test ->
                test.file(
                    "url: '" + test.sentry().url() + "', auth_token_file: nowhere", COLLECTORS, ""),
            "FAILURE  token",
            "there is no such file"),
        new Mistake(
            "a folder instead of a token file",
            1,
            test ->
                test.file("url: '" + test.sentry().url() + "', auth_token_file: .", COLLECTORS, ""),
            "FAILURE  token",
            "it is not a regular file"),
        new Mistake(
            "a token file of two lines",
            1,
            test -> test.tokenFile(test.sentry(), TOKEN + "\n" + TOKEN + "\n"),
            "FAILURE  token",
            "more than a token on one line"),
        new Mistake(
            "a token in quotes",
            1,
            test -> test.tokenFile(test.sentry(), "\"" + TOKEN + "\""),
            "FAILURE  token",
            "has quotes in it"),
        new Mistake(
            "a token behind Bearer",
            1,
            test ->
                test.file(
                    "url: '" + test.sentry().url() + "', auth_token: Bearer " + TOKEN,
                    COLLECTORS,
                    ""),
            "begins with \"Bearer\"; write the token alone"),
        new Mistake(
            "several tokens",
            1,
            test -> test.tokenFile(test.sentry(), TOKEN + "," + TOKEN),
            "as of several tokens"),
        new Mistake(
            "a masked token",
            1,
            test -> test.tokenFile(test.sentry(), "sntryu_************************abcd"),
            "is masked, as Sentry shows a token that exists"),
        new Mistake(
            "an organization token",
            1,
            test -> test.tokenFile(test.sentry(), "sntrys_" + TOKEN.substring(7)),
            "has no scope but org:ci",
            "Developer Settings"),
        new Mistake(
            "an API key of an old Sentry",
            1,
            test -> test.tokenFile(test.sentry(), "0123456789abcdef".repeat(2)),
            "public key of a DSN, or API key of an old Sentry",
            "HTTP 401"),
        new Mistake(
            "a wrong token",
            1,
            test -> test.file(test.sentry(options -> options.withTokens(Token.reading("other")))),
            "FAILURE  access",
            "HTTP 401",
            "give the instance a token that Sentry knows"),
        new Mistake(
            "a server that sends the token back",
            1,
            test -> {
              var sentry = test.sentry();
              String body = "{\"detail\":\"%s is no token\"}".formatted(TOKEN.substring(7));
              sentry.faults().when(_ -> true, new Fault.Body(401, "application/json", body));
              return test.file(sentry);
            },
            "HTTP 401"),
        new Mistake(
            "a token without org:read",
            1,
            test -> test.file(test.sentry(options -> options.withTokens(without("org:read")))),
            "lacks the scope org:read, which these need: outcomes, projects",
            "read access to Organization"),
        new Mistake(
            "a token without project:read",
            1,
            test -> {
              var sentry = test.sentry(options -> options.withTokens(without("project:read")));
              return test.file(
                  "url: '" + sentry.url() + "', auth_token: " + TOKEN, "releases: {}", "");
            },
            "lacks the scope project:read, which these need: releases",
            "read access to Project"),
        new Mistake(
            "a token without event:read",
            1,
            test -> {
              var sentry = test.sentry(options -> options.withTokens(without("event:read")));
              return test.file(
                  "url: '" + sentry.url() + "', auth_token: " + TOKEN, "issues: {}", "");
            },
            "lacks the scope event:read, which these need: issues",
            "read access to Issue & Event",
            "collector issues"),
        new Mistake(
            "a token that may write",
            0,
            test -> {
              var scopes = new TreeSet<>(Token.READ_SCOPES);
              scopes.add("project:write");
              var token = new Token(TOKEN, scopes, Set.of());
              return test.file(test.sentry(options -> options.withTokens(token)));
            },
            "may change things",
            "project:write"),
        new Mistake(
            "a wrong token of prober http",
            1,
            test -> test.write(HTTP.formatted(test.sentry().url(), "x" + TOKEN)),
            "HTTP 401"));
  }

  private static Stream<Mistake> addresses() {
    return Stream.of(
        new Mistake(
            "a DSN as the url",
            1,
            test -> test.file(URI.create("https://0123456789@o1.ingest.sentry.io/2"), ""),
            "a user or password in the URL; write one like https://sentry.io"),
        new Mistake(
            "the host of a DSN as the url",
            1,
            test -> test.file(URI.create("https://o123.ingest.de.sentry.io"), ""),
            "takes events and has no API; write https://de.sentry.io; nothing is sent there"),
        new Mistake(
            "sentry.com",
            1,
            test -> test.file(URI.create("https://sentry.com"), ""),
            "sentry.com is not Sentry; did you mean sentry.io?; nothing is sent there"),
        new Mistake(
            "the url with /api/0",
            1,
            test -> test.file(URI.create("https://sentry.io/api/0"), ""),
            "/api/0 is added by the exporter"),
        new Mistake(
            "http where a server redirects to https",
            1,
            test -> {
              var sentry = test.sentry();
              sentry
                  .faults()
                  .when(_ -> true, new Fault.RedirectTo(URI.create("https://sentry.example/")));
              return test.file(sentry);
            },
            "redirects to https://sentry.example",
            "Write the address it leads to as url"),
        new Mistake(
            "a host that nobody knows",
            1,
            test -> test.file(URI.create("http://sentry.invalid"), ""),
            "FAILURE  dns",
            "cannot find the address of sentry.invalid"),
        new Mistake(
            "a port that nobody listens on",
            1,
            test -> test.file(URI.create("http://127.0.0.1:" + FreePort.find()), ""),
            "FAILURE  tcp",
            "connection refused",
            "Check that the host and port can be reached"),
        new Mistake(
            "a region that nobody knows",
            1,
            test -> test.file(test.sentry().url(), ", regions: ['http://de.sentry.invalid']"),
            "ok       region         http://de.sentry.invalid",
            "FAILURE  dns",
            "cannot find the address of de.sentry.invalid"),
        new Mistake(
            "a region whose certificate is of another host",
            1,
            test -> {
              var context = certificates.context("other");
              var region = test.sentry(options -> options.withTls(context));
              String settings =
                  ", tls_config: {ca_file: '%s'}, regions: ['https://localhost:%d']"
                      .formatted(certificates.authority(), region.url().getPort());
              return test.file(test.sentry().url(), settings);
            },
            "ok       region         https://localhost:",
            "FAILURE  tls",
            "is for [sentry.example, www.sentry.example], not for localhost"),
        new Mistake(
            "https where a server speaks http",
            1,
            test -> {
              var server = test.server(peer -> peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"));
              return test.file(URI.create("https://127.0.0.1:" + server.port()), "");
            },
            "FAILURE  tls",
            "it does not speak TLS: write http://"),
        new Mistake(
            "a private authority",
            1,
            test -> test.withCertificate("good"),
            "FAILURE  tls",
            "is not trusted, nor is its issuer CN=Our Authority",
            "tls_config.ca_file"),
        new Mistake(
            "an expired certificate",
            1,
            test -> test.withCertificate("expired"),
            "FAILURE  tls",
            "expired at 2020-01-31"),
        new Mistake(
            "a certificate of another host",
            1,
            test -> test.withCertificate("other", certificates.authority()),
            "FAILURE  tls",
            "is for [sentry.example, www.sentry.example], not for localhost"),
        new Mistake(
            "a proxy that wants a login",
            1,
            test -> test.behindProxy("407 Proxy Authentication Required"),
            "FAILURE  proxy",
            "HTTP 407; it wants a user and password"),
        new Mistake(
            "a proxy that refuses",
            1,
            test -> test.behindProxy("403 Forbidden"),
            "FAILURE  proxy",
            "it answered with HTTP 403"));
  }

  private String withCertificate(String alias) throws Exception {
    return withCertificate(alias, null);
  }

  private String withCertificate(String alias, @Nullable Path authority) throws Exception {
    var context = certificates.context(alias);
    var sentry = sentry(options -> options.withTls(context));
    String settings = authority == null ? "" : ", tls_config: {ca_file: '" + authority + "'}";
    return file(URI.create("https://localhost:" + sentry.url().getPort()), settings);
  }

  private String behindProxy(String status) {
    var proxy =
        server(peer -> {
          String _ = peer.readHead();
          peer.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
        });
    return file(
        URI.create("https://sentry.example"),
        ", proxy_url: 'http://127.0.0.1:" + proxy.port() + "'");
  }

  private static Stream<Mistake> servers() {
    return Stream.of(
        new Mistake(
            "the login page of an access proxy",
            1,
            test -> {
              var sentry = test.sentry();
              sentry.faults().when(_ -> true, new Fault.HtmlLogin());
              return test.file(sentry);
            },
            "FAILURE  access",
            "not JSON",
            "http_headers"),
        new Mistake(
            "another web server",
            1,
            test -> {
              var sentry = test.sentry();
              sentry.faults().when(_ -> true, new Fault.NginxPage(404));
              return test.file(sentry);
            },
            "FAILURE  access",
            "this does not look like Sentry"),
        new Mistake(
            "an organization that is misspelt",
            1,
            test -> test.file(test.sentry().url(), ", organizations: [acmee]"),
            "FAILURE  projects",
            "did you mean acme?"),
        new Mistake(
            "no organization, as for an integration",
            1,
            test -> {
              var sentry = test.sentry();
              sentry
                  .faults()
                  .when(
                      path -> path.equals("/api/0/organizations/"),
                      new Fault.Body(200, "application/json", "[]"));
              return test.file(sentry);
            },
            "FAILURE  organizations",
            "Sentry lists no organization for this token",
            "SENTRY_ORGANIZATIONS"),
        new Mistake(
            "a selection that selects nothing",
            0,
            test -> test.file(test.sentry().url(), ", projects: {include: [nothing]}"),
            "warning  projects       no project of acme is selected",
            "widen projects of the instance"),
        new Mistake(
            "a project that is misspelt",
            1,
            test -> test.file(test.sentry()) + " acme/wbe",
            "FAILURE  probe",
            "did you mean acme/web?"),
        new Mistake(
            "an old server without sessions",
            0,
            test -> {
              var sentry =
                  test.sentry(options -> options.withInstallation(Installation.SELF_HOSTED_20_6));
              return test.file(
                  "url: '" + sentry.url() + "', auth_token: " + TOKEN,
                  "outcomes: {}, sessions: {}",
                  "");
            },
            "self-hosted Sentry 20.6.0",
            "warning  probe",
            "collector sessions"),
        new Mistake(
            "GlitchTip",
            0,
            test ->
                test.file(test.sentry(options -> options.withInstallation(Installation.GLITCHTIP))),
            "warning  server",
            "GlitchTip 4.2.0"),
        new Mistake(
            "a clock that is wrong",
            0,
            test ->
                test.file(
                    test.sentry(
                        options -> options.withClock(() -> Instant.now().plusSeconds(7_200)))),
            "warning  clock",
            " s ahead",
            "synchronize the clock"),
        new Mistake(
            "a share of the rate limit that is too small",
            1,
            test -> {
              var sentry = test.sentry(options -> options.withInstallation(Installation.SENTRY_IO));
              return test.file(
                  sentry.url(), ", organizations: [acme], rate_limit: {share: 0.0005}");
            },
            "FAILURE  cost",
            "raise rate_limit.share, now 5.0E-4"),
        new Mistake(
            "a timeout that is too short",
            1,
            test ->
                test.file(
                    "url: '" + test.sentry().url() + "', auth_token: " + TOKEN,
                    COLLECTORS,
                    ", timeout: 1ms"),
            "FAILURE  probe",
            "raise timeout of the module, which is 1ms"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsFoundWithItsFix(Mistake mistake) throws Exception {
    String made = mistake.making().make(this);
    String[] arguments = made.isEmpty() ? new String[0] : made.split(" ", -1);

    int code = doctor(arguments);

    String shown = program.out() + program.err();
    assertThat(shown).as(mistake.name()).contains(mistake.words());
    assertThat(code).as(shown).isEqualTo(mistake.exitCode());
    assertThat(program.err()).as("nothing is reported twice").isEmpty();
    assertNoSecret(shown);
  }

  private static void assertNoSecret(String shown) {
    int part = 8;
    var parts =
        IntStream.rangeClosed("sntryu_".length(), TOKEN.length() - part)
            .mapToObj(i -> TOKEN.substring(i, i + part))
            .collect(Collectors.toSet());
    assertThat(parts).noneMatch(shown::contains);
  }

  @Test
  void aGoodInstallationHasNoFinding() {
    assertThat(doctor(file(sentry()))).as(program.out()).isZero();
    assertThat(program.out())
        .contains(
            "  ok       file           ",
            "  ok       token          personal token (sntryu_)",
            "  ok       dns            127.0.0.1 has an address",
            "  ok       tcp            connected to 127.0.0.1",
            "  ok       access         accepted, with the scopes event:read, member:read, org:read",
            "  ok       server         self-hosted Sentry 26.8.0",
            "  ok       organizations  acme, globex, initech",
            "  ok       projects       number of projects: acme 12, globex 12, initech 12",
            "  ok       clock          Sentry's clock ",
            "  ok       probe          acme: the probe succeeds",
            "  ok       cost           acme: ",
            "Sentry advertises no limits",
            "0 failures, 0 warnings")
        .doesNotContain("\u001b");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void aModuleOfProberHttpIsExaminedAndProbedToo() {
    assertThat(doctor(write(HTTP.formatted(sentry().url(), TOKEN)))).as(program.out()).isZero();
    assertThat(program.out())
        .contains("module sentry", "ok       access", "acme/admin: the probe succeeds");
  }

  @Test
  void theOtherInstanceIsExaminedAfterAFailureOfTheFirst() {
    String file =
        write(
            """
            instances:
              first: {url: 'http://127.0.0.1:%d', auth_token: %s}
              second: {url: '%s', auth_token: %2$s}
            modules:
              sentry: {prober: sentry, instance: first, collectors: {projects: {}}}
              other: {prober: sentry, instance: second, collectors: {projects: {}}}
            """
                .formatted(FreePort.find(), TOKEN, sentry().url()));

    assertThat(doctor(file)).isEqualTo(1);
    assertThat(program.out())
        .contains(
            "FAILURE  tcp",
            "not probed, for its server cannot be used",
            "acme: the probe succeeds",
            "1 failure, 0 warnings");

    var alone = new ProgramRun();
    assertThat(alone.run("doctor", file, "--module=other")).as(alone.out()).isZero();
    assertThat(alone.out()).doesNotContain("instance first");
  }

  @Test
  void jsonHasEveryFindingWithItsTime() throws IOException {
    assertThat(doctor(file(sentry()), "--output=json", "acme/web")).isZero();
    var json = JsonMapper.shared().readTree(program.out());
    assertThat(json.get("failures").asInt()).isZero();
    assertThat(json.get("findings").valueStream())
        .anySatisfy(finding -> {
          assertThat(finding.get("step").asString()).isEqualTo("probe");
          assertThat(finding.get("grade").asString()).isEqualTo("ok");
          assertThat(finding.get("text").asString()).isEqualTo("acme/web: the probe succeeds");
          assertThat(finding.get("seconds").isNumber()).isTrue();
        });
  }

  @Test
  void coloursComeWhereTheyAreWanted() {
    String file = file(sentry());
    program.setEnvironment(Map.of("CLICOLOR_FORCE", "1"));
    assertThat(doctor(file)).isZero();
    assertThat(program.out()).contains("\u001b[32mok");

    var plain = new ProgramRun();
    plain.setEnvironment(Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1"));
    assertThat(plain.run("doctor", file)).isZero();
    assertThat(plain.out()).doesNotContain("\u001b");
  }
}
