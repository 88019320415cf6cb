import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// Makes the AOT cache of a distribution: runs its program as a user does, on real probes and over
/// HTTPS, and lets the JVM write down what it loaded and linked. Not what it counted: with that it
/// compiles ahead of need, in the seconds of the start.
///
/// The simulated Sentry is another process, so that none of its classes are in the cache: each
/// class there is memory of every exporter.
public class Train {
  private static final int ROUNDS = 350;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Queue<String> SAID = new ConcurrentLinkedQueue<>();
  private static final Pattern SENTRY = Pattern.compile("simulated Sentry on (\\S+) until Ctrl-C");
  private static final Pattern EXPORTER = Pattern.compile("msg=listening address=(\\S+)");

  /// What a Prometheus accepts.
  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

  /// The pages that the training run requests: of programs, not those for people.
  private static final List<String> PATHS =
      List.of(
          "/probe?target=acme/web&module=legacy",
          "/probe?target=acme/api&module=legacy",
          "/probe?target=acme",
          "/probe?target=acme/web&module=legacy",
          "/probe?target=acme/web",
          "/probe?target=acme/api&module=legacy",
          "/probe?target=acme/none&module=legacy",
          "/metrics",
          "/-/ready");

  public static void main(String[] args) throws Exception {
    var distribution = Path.of(args[0]).toAbsolutePath();
    var work = Files.createTempDirectory("train-");
    Process sentry = null;
    try {
      makeKey(distribution, work);
      sentry =
          run(
              work,
              distribution.resolve("runtime/bin/java") + "",
              "-jar",
              simulator(distribution),
              "--listen-address=127.0.0.1:0",
              "--keystore=" + work.resolve("key.p12"));
      String url = awaited(sentry, SENTRY);
      train(distribution, work, url);
    } finally {
      if (sentry != null) {
        sentry.destroy();
      }
      delete(work);
    }
  }

  private static void train(Path distribution, Path work, String sentry) throws Exception {
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        """
        instances:
          default: {url: "%1$s", auth_token: simulated-api-token}
        modules:
          sentry: {prober: sentry}
          unfinished: {} # a warning, as many a file has
          legacy:
            prober: http
            timeout: 5s
            http:
              prefix: %1$s/api/0/projects/
              headers: {Authorization: Bearer simulated-api-token}
        """
            .formatted(sentry));
    Path cache = distribution.resolve("lib/sentry_exporter.aot");
    Files.deleteIfExists(cache);
    var exporter =
        start(
            distribution,
            work,
            "-XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -XX:AOTCacheOutput=" + cache,
            "--web.listen-address=127.0.0.1:0");
    try {
      probe("http://" + awaited(exporter, EXPORTER));
      exporter.toHandle().destroy(); // Process.destroy() closes its output as well
      if (!exporter.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || exporter.exitValue() != 0) {
        throw new IllegalStateException("the exporter did not end well:\n" + said());
      }
    } finally {
      exporter.destroyForcibly();
    }
    if (!Files.exists(cache)) {
      throw new IllegalStateException("no cache was made:\n" + said());
    }
  }

  private static void probe(String exporter) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      for (int i = 0; i < ROUNDS * PATHS.size(); i++) {
        String path = PATHS.get(i % PATHS.size());
        var answer =
            client.send(
                HttpRequest.newBuilder(URI.create(exporter + path))
                    .header("Accept", PROMETHEUS)
                    .header("Accept-Encoding", "gzip")
                    .header("X-Prometheus-Scrape-Timeout-Seconds", "30")
                    .build(),
                BodyHandlers.ofInputStream());
        boolean packed = answer.headers().firstValue("Content-Encoding").isPresent();
        try (var body = packed ? new GZIPInputStream(answer.body()) : answer.body()) {
          String text = new String(body.readAllBytes());
          boolean failed = text.contains("\nsentry_probe_success 0") != path.contains("/none");
          if (answer.statusCode() != 200 || failed) {
            throw new IllegalStateException(path + ": HTTP " + answer.statusCode() + "\n" + text);
          }
        }
      }
    }
  }

  private static Process start(Path distribution, Path work, String options, String... arguments)
      throws IOException {
    var command = new ArrayList<>(List.of(distribution.resolve("sentry_exporter") + ""));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_OPTS", options);
    builder.environment().put("SSL_CERT_FILE", work.resolve("key.pem") + "");
    return builder.start();
  }

  private static Process run(Path work, String... command) throws IOException {
    return new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true).start();
  }

  /// The simulated Sentry's own jar.
  private static String simulator(Path distribution) throws IOException {
    try (var jars =
        Files.newDirectoryStream(distribution.resolve("lib"), "sentry_simulator-*.jar")) {
      return jars.iterator().next() + "";
    }
  }

  /// The first group of the first line in which the pattern is found; what follows is kept.
  private static String awaited(Process program, Pattern pattern) throws IOException {
    BufferedReader lines = program.inputReader();
    var before = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      var found = pattern.matcher(line);
      if (found.find()) {
        Thread.ofPlatform().daemon().start(() -> keep(lines));
        return found.group(1);
      }
      before.append(line).append('\n');
    }
    throw new IllegalStateException("the program ended:\n" + before);
  }

  /// A program whose output is not read would stop; its output is shown if it fails.
  private static void keep(BufferedReader lines) {
    try (lines) {
      lines.lines().forEach(SAID::add);
    } catch (IOException | UncheckedIOException _) {
      // the program has ended
    }
  }

  private static String said() {
    return String.join("\n", SAID);
  }

  private static void makeKey(Path distribution, Path work) throws Exception {
    var store =
        List.of(
            "-alias", "demo", "-keystore", work.resolve("key.p12") + "", "-storepass", "changeit");
    keytool(
        distribution,
        store,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-storetype",
        "PKCS12",
        "-validity",
        "2",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "san=ip:127.0.0.1");
    keytool(distribution, store, "-exportcert", "-rfc", "-file", work.resolve("key.pem") + "");
  }

  private static void keytool(Path distribution, List<String> store, String... arguments)
      throws Exception {
    var command = new ArrayList<>(List.of(distribution.resolve("runtime/bin/keytool") + ""));
    command.addAll(List.of(arguments));
    command.addAll(store);
    var keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
