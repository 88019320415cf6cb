package io.sentryexporter.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.cli.CommandLineInterface;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.FaultText;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Canary;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.SelfSigned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every error provoked, with a token in every place that a token can be: no output shows it.
class CanaryTokenIT {
  /// What the simulated Sentry does wrong. Those that make the exporter wait come last.
  private static final List<String> FAULTS =
      List.of(
          "hang",
          "hang-after-headers",
          "drip 1 100ms",
          "reset",
          "reset-after-headers",
          "truncated",
          "wrong-length",
          "broken-chunk",
          "not-http",
          "huge 5000000",
          "gzip-bomb 50000000",
          "html-login",
          "garbage cut-short",
          "garbage not-json",
          "garbage deep",
          "garbage text-count",
          "body 200 application/json \"" + Canary.TOKEN + "\"",
          "body 200 application/json [[1541455200," + Canary.TOKEN + "]]",
          "body 500 text/html you sent " + Canary.TOKEN,
          "error 401-invalid-token",
          "error 401-sso-required",
          "error 410-gone",
          "status 503",
          "nginx 502",
          "redirect same",
          "redirect loop",
          "redirect ftp://sentry.example/" + Canary.inUrl(),
          "no such fault " + Canary.TOKEN,
          "429 concurrent",
          "429 retry-after 5s");

  /// Files that cannot be loaded, the token in the midst of what is wrong.
  private static final List<String> BROKEN =
      List.of(
          "modules: TOKEN",
          "TOKEN: {}",
          "TOKEN",
          "- TOKEN",
          "modules: [TOKEN",
          "modules: {sentry: {prober: http, http: {headers: {Authorization: \"Bearer TOKEN}}}}",
          "modules:\n  sentry: {prober: http, TOKEN: 1}",
          "modules:\n  sentry: {prober: http, timeout: TOKEN}",
          "modules:\n  sentry: {prober: http, refresh_interval: TOKEN}",
          "modules:\n  sentry: {prober: [TOKEN]}",
          "modules:\n  sentry:\n    prober: http\n\ttoken: TOKEN",
          "modules:\n  sentry: {prober: http, http: {valid_status_codes: [TOKEN]}}",
          "modules:\n  sentry: {prober: http, http: {headers: TOKEN}}",
          "modules:\n  sentry: {prober: http, http: {headers: [TOKEN]}}",
          "modules:\n  sentry: {prober: http, http: {headers: {Authorization: [TOKEN]}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {Authorization: {TOKEN: 1}}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {Authorization TOKEN: }}}",
          "modules:\n  sentry: {prober: http, http: {headers: {\"TOKEN x\": y}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: \"TOKEN\\nB\"}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: \"TOKEN\\0\"}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: TOKEN, a: TOKEN}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: TOKEN, A: TOKEN}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: *TOKEN}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: !TOKEN x}}}",
          "modules:\n  sentry: {prober: http, http: {headers: {A: \"TOKEN\\q\"}}}",
          "modules:\n  sentry: {prober: http, http: {header: {Authorization: TOKEN}}}",
          "modules:\n  sentry: {prober: http, http: {prefix: \"http://u:TOKEN@h\\n/\"}}",
          "modules:\n  sentry: {prober: http, http: TOKEN}",
          "modules:\n  sentry: TOKEN",
          "modules:\n  s: {prober: http, http: {headers: {A: TOKEN: x}}}",
          "modules:\n s:\n  prober: TOKEN\n http: x\n  TOKEN: x");

  private static final TestClock CLOCK = TestClock.at("2026-11-22T10:20:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern OF_COLLECTOR =
      Pattern.compile("failure_info\\{collector=\"(?!http\")\\w+\",reason=\"(\\w+)\"}");
  private static final Pattern REASON =
      Pattern.compile("failure_info\\{collector=\"http\",reason=\"(\\w+)\"}");

  @AutoClose private final SimulatedSentry sentry = demo(Token.reading(Canary.TOKEN));

  @AutoClose private final SimulatedSentry stranger = demo(Token.reading(SimulatedSentry.TOKEN));

  private final StringBuilder outputs = new StringBuilder();

  @TempDir Path work = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"logfmt", "json"})
  void noOutputShowsTheTokenInAnyFailure(String logFormat) throws IOException {
    var options =
        ServerOptions.onLoopback(CLOCK)
            .withInstallation(Installation.SELF_HOSTED)
            .withTls(SelfSigned.onLoopback(work));
    try (var untrusted = SimulatedSentry.start(SimulatedWorld.demo(1), options)) {
      search(logFormat, modules(untrusted.url()));
    }
  }

  private void search(String logFormat, Map<String, String> modules) throws IOException {
    Path file = work.resolve("sentry_exporter.yml");
    String config = "modules:\n" + String.join("", modules.values());
    Files.writeString(file, config);
    var environment = new HashMap<>(System.getenv());
    environment.put(
        "HTTP_PROXY", "http://u:" + Canary.inUrl() + "@" + stranger.url().getAuthority());
    environment.put("JAVA_OPTS", "-XX:-CreateCoredumpOnCrash");
    try (var exporter =
        PackagedExporter.start(
            PackagedExporter.distribution(),
            work,
            environment,
            "--log.level=debug",
            "--log.prober=debug",
            "--log.format=" + logFormat)) {
      for (String module : modules.keySet()) {
        probe(exporter, module);
      }
      assertThat(sentry.requests().total()).isGreaterThan(FAULTS.size());
      assertThat(sentry.requests().last().getFirst().header("Authorization"))
          .hasValue("Bearer " + Canary.TOKEN);
      pages(exporter);
      for (String broken : BROKEN) {
        Files.writeString(file, broken.replace("TOKEN", Canary.TOKEN));
        Reply reloaded = exporter.post("/-/reload");
        assertThat(reloaded.status()).as(broken).isEqualTo(500);
        keep(reloaded);
        keep(exporter.get("/"));
      }
      pages(exporter);
      exporter.program().signal("QUIT");
      exporter.program().awaitOutput(Pattern.compile("Full thread dump"), PATIENCE);
      exporter.program().signal("SEGV");
      assertThat(exporter.program().exitCode(PATIENCE)).isNotZero();
    }
    Files.delete(file);
    assertThat(work).isDirectoryContaining("glob:**hs_err_pid*.log");
    assertThat(REASON.matcher(outputs).results().map(reason -> reason.group(1)))
        .as("kinds of failures")
        .contains(
            "timeout",
            "parse",
            "too_large",
            "auth",
            "not_found",
            "redirect",
            "rate_limited",
            "upstream_5xx",
            "connection_closed",
            "dns",
            "tls",
            "config");
    try (var files = Files.walk(work)) {
      for (Path output : files.filter(Files::isRegularFile).toList()) {
        outputs.append(Files.readString(output, ISO_8859_1)); // a keystore is among them
      }
    }
    assertThat(outputs).contains("probe failed");
    Canary.assertAbsent("the outputs", outputs.toString());
    assertThat(stranger.requests().total()).as("requests through the proxy").isPositive();
    for (ReceivedRequest request : stranger.requests().last()) {
      assertThat(request.path()).doesNotContain("elsewhere");
    }
  }

  @Test
  void noCollectorShowsTheTokenInAnyFailure() throws Exception {
    Path token = Files.writeString(work.resolve("token"), Canary.TOKEN + "\n");
    Path storage = work.resolve("marks");
    List<SimulatedSentry> faulty = faulty();
    Files.writeString(work.resolve("sentry_exporter.yml"), collecting(token, faulty));
    var environment = new HashMap<>(System.getenv());
    environment.put("SENTRY_AUTH_TOKEN", Canary.TOKEN);
    try (var exporter =
        PackagedExporter.start(
            PackagedExporter.distribution(),
            work,
            environment,
            "--log.level=debug",
            "--log.prober=debug",
            "--storage.path=" + storage)) {
      var probes = new ArrayList<Future<List<Reply>>>();
      for (int i = 0; i < FAULTS.size(); i++) {
        String module = "fault_" + i;
        probes.add(Aside.run(() -> replies(exporter, module)));
      }
      for (var replies : probes) {
        replies.get().forEach(this::keep);
      }
      probe(exporter, "default");
      pages(exporter);
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      outputs.append(exporter.program().out()).append(exporter.program().err());
    }
    for (SimulatedSentry each : faulty) {
      for (ReceivedRequest request : each.requests().last()) {
        assertThat(request.header("Authorization")).hasValue("Bearer " + Canary.TOKEN);
      }
      each.close();
    }
    try (var files = Files.walk(storage)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        outputs.append(file).append(Files.readString(file, ISO_8859_1));
      }
    }
    assertThat(OF_COLLECTOR.matcher(outputs).results().map(reason -> reason.group(1)))
        .as("kinds of failures")
        .contains(
            "auth",
            "connection_closed",
            "parse",
            "protocol",
            "rate_limited",
            "redirect",
            "timeout",
            "upstream_5xx");
    assertThat(outputs).contains("sentry_outcomes_total{", "probes fail");
    Canary.assertAbsent("the outputs", outputs.toString());
  }

  /// A server for each fault, so that the waits for them go on side by side.
  private static List<SimulatedSentry> faulty() throws Refused {
    var servers = new ArrayList<SimulatedSentry>();
    for (String fault : FAULTS) {
      var server = demo(Token.reading(Canary.TOKEN));
      if (!fault.startsWith("no such fault")) {
        server.faults().when(_ -> true, FaultText.parse(fault));
      }
      servers.add(server);
    }
    return servers;
  }

  private static SimulatedSentry demo(Token token) {
    return SimulatedSentry.start(
        SimulatedWorld.demo(1),
        ServerOptions.onLoopback(CLOCK)
            .withInstallation(Installation.SELF_HOSTED)
            .withTokens(token));
  }

  /// An instance and a module for each fault, which send a token in the file or in one of its own,
  /// and those of the environment.
  private String collecting(Path token, List<SimulatedSentry> faulty) {
    var instances = new StringBuilder("instances:\n  default: {url: \"" + sentry.url() + "\"}\n");
    var modules = new StringBuilder("modules:\n  default: {prober: sentry}\n");
    for (int i = 0; i < FAULTS.size(); i++) {
      String credentials =
          i % 2 == 0 ? "auth_token: \"" + Canary.TOKEN + "\"" : "auth_token_file: " + token;
      instances.append(
          "  fault_%d: {url: \"%s\", %s}\n".formatted(i, faulty.get(i).url(), credentials));
      boolean isEndless = FAULTS.get(i).matches("(hang|drip).*"); // the others need not time out
      modules.append(
          "  fault_%d: {prober: sentry, instance: fault_%d, timeout: %s}\n"
              .formatted(i, i, isEndless ? "3s" : "20s"));
    }
    return instances.append(modules).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://u:PASSWORD@host:port",
        "http://u:PASSWORD@",
        "PASSWORD",
        "ftp://u:PASSWORD@h"
      })
  void aProxyThatCannotBeIsNotQuoted(String proxy) throws IOException {
    Files.writeString(
        work.resolve("sentry_exporter.yml"), "modules:\n" + module("good", "", Map.of()));
    var environment = new HashMap<>(System.getenv());
    environment.put("HTTP_PROXY", proxy.replace("PASSWORD", Canary.inUrl()));
    String launcher = PackagedExporter.distribution().resolve("sentry_exporter").toString();
    var command = List.of(launcher, "--web.listen-address=127.0.0.1:0");
    try (var program = Program.start(work, environment, command)) {
      assertThat(program.exitCode(PATIENCE)).isEqualTo(1);
      assertThat(program.err()).contains("HTTP_PROXY is not the URL of an HTTP proxy");
      assertThat(program.err()).doesNotContain("\tat ");
      Canary.assertAbsent("standard error", program.err() + program.out());
    }
  }

  @Test
  void aCheckOfABrokenFileDoesNotQuoteTheToken() throws IOException {
    Path file = work.resolve("broken.yml");
    for (String broken : BROKEN) {
      Files.writeString(file, broken.replace("TOKEN", Canary.TOKEN));
      for (String argument : List.of("--config.check", "--web.listen-address=127.0.0.1:0")) {
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, UTF_8);
        int code =
            CommandLineInterface.run(
                new String[] {argument, "--config.file=" + file}, Map.of(), stream, stream);
        assertThat(code).as(broken).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains("broken.yml:");
        Canary.assertAbsent(broken, out.toString(UTF_8));
      }
    }
  }

  /// Modules by name: one for each way to fail, and for each place of a token.
  private Map<String, String> modules(URI untrusted) {
    var modules = new LinkedHashMap<String, String>();
    add(modules, "good", sentry.url().toString(), "");
    add(modules, "refused", "http://127.0.0.1:" + FreePort.find(), "");
    add(modules, "no_name", "https://no-such-host.invalid", "");
    add(modules, "through_proxy", "http://no-such-host.invalid", "");
    add(modules, "untrusted", untrusted.toString(), "");
    add(modules, "no_tls", sentry.url().toString().replace("http:", "https:"), "");
    add(modules, "elsewhere", sentry.url().toString(), "redirect " + stranger.url() + "/elsewhere");
    String secrets = "u:" + Canary.inUrl() + "@";
    add(modules, "user_info", sentry.url().toString().replace("//", "//" + secrets), "");
    add(modules, "no_url", "://" + secrets + "host", "");
    add(modules, "no_port", "http://" + secrets + "host:port", "");
    add(modules, "no_host", "http://" + secrets, "");
    add(modules, "query", sentry.url() + "?token=" + Canary.inUrl() + "#", "");
    add(modules, "token_as_prefix", Canary.TOKEN, "");
    for (String fault : FAULTS) {
      add(modules, "fault_" + modules.size(), sentry.url().toString(), fault);
    }
    return modules;
  }

  private static void add(Map<String, String> modules, String name, String server, String fault) {
    var headers = new LinkedHashMap<String, String>();
    if (!name.equals("user_info")) {
      headers.put("Authorization", "Bearer " + Canary.TOKEN);
    }
    headers.put("X-Api-Key", Canary.TOKEN);
    headers.put("Cookie", "session=" + Canary.inUrl());
    if (!fault.isEmpty()) {
      headers.put("X-Simulate", fault);
    }
    modules.put(name, module(name, server, headers));
  }

  private static String module(String name, String server, Map<String, String> headers) {
    var yaml = new StringBuilder();
    yaml.append("  ").append(name).append(":\n    prober: http\n");
    String fault = headers.getOrDefault("X-Simulate", "");
    boolean isEndless = name.equals("no_tls") || fault.matches("(hang|drip).*");
    // what never ends need not last; all else must not time out on a loaded machine
    String timeout = isEndless ? "300ms" : fault.startsWith("429") ? "3s" : "30s";
    yaml.append("    timeout: ").append(timeout).append("\n    http:\n");
    yaml.append("      prefix: '").append(server).append("/api/0/projects/'\n      headers:\n");
    headers.forEach((header, value) ->
        yaml.append("        ").append(header).append(": '").append(value).append("'\n"));
    return yaml.toString();
  }

  private void probe(PackagedExporter exporter, String module) {
    replies(exporter, module).forEach(this::keep);
  }

  private static List<Reply> replies(PackagedExporter exporter, String module) {
    String query = "?target=acme/web&module=" + module;
    return List.of(
        exporter.get("/probe" + query),
        exporter.get("/probe" + query + "&debug=true"),
        exporter.get("/logs" + query));
  }

  private void pages(PackagedExporter exporter) {
    for (String path :
        List.of(
            "/", "/config", "/metrics", "/logs?id=1", "/-/ready", "/none", "/probe?target=..")) {
      keep(exporter.get(path));
    }
  }

  private void keep(Reply reply) {
    outputs.append(reply.http().headers().map()).append('\n').append(reply.text()).append('\n');
  }
}
