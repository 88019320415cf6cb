package io.sentryexporter.app;

import io.sentryexporter.config.Config;
import io.sentryexporter.discovery.Discovery.Query;
import io.sentryexporter.discovery.Discovery.UnavailableException;
import io.sentryexporter.discovery.Inventory;
import io.sentryexporter.doctor.Doctor;
import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpClient.Limits;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.http.ProxyRules;
import io.sentryexporter.http.ProxyRules.ProxyException;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.ExporterMetrics.BuildInfo;
import io.sentryexporter.probe.FailureLog;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.PageMemory;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentryClient.Dependencies;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.server.AccessControl;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.server.Listener;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.WebConfig;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.tls.Trust;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running exporter: creates every object once and joins them.
public final class App implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(App.class);

  /// Maximum bytes of an answer that `prober: http` reads; a day of Sentry's finest statistics has
  /// 130 KiB.
  private static final int LARGEST_STATISTICS_BYTES = 1 << 20;

  private static final int MOST_REDIRECTS_OF_HTTP = 10;
  private static final int MOST_REDIRECTS_OF_SENTRY = 1;

  /// Concurrent lookups of names, which cannot be interrupted.
  private static final int MOST_LOOKUPS = 8;

  /// Names that wait to be looked up: in so long a line no lookup ends.
  private static final int MOST_NAMES_IN_LINE = 256;

  /// Threads for collectors that wait for Sentry; beyond them, probes run collectors on their own
  /// threads.
  private static final int MOST_COLLECTORS = 256;

  /// Concurrent requests to one instance of Sentry, or one of its regions, so that a hanging one
  /// does not delay another.
  private static final int MOST_FETCHES_OF_INSTANCE = 128;

  /// Maximum bytes of an answer from Sentry: 32 MiB with the launcher's heap, less with a small
  /// one. Longer lists are requested in pages.
  private static final int LARGEST_ANSWER_BYTES =
      Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1 << 20, 32 << 20);

  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(10);
  private static final Duration WRITING = Duration.ofSeconds(1);
  private static final String LONGEST_KEPT_LOOKUP_SECONDS = "30";
  private static final String LONGEST_KEPT_FAILED_LOOKUP_SECONDS =
      Long.toString(Lifetime.FAILED_FETCH.duration().toSeconds());

  private final OpenFiles files = OpenFiles.ofThisProcess();
  private final TimeSource time;
  private final BuildInfo build;
  private final ExecutorService threads =
      Threads.pool(Integer.MAX_VALUE, Threads.daemons("connection-"));
  private final List<Listener> listeners = new ArrayList<>();
  private final ExporterMetrics metrics;
  private final HttpClient http;
  private final HttpClient api;
  private final Executor lookups =
      Threads.bounded(
          Threads.pool(MOST_LOOKUPS, Threads.daemons("name-lookup-")),
          MOST_LOOKUPS,
          MOST_NAMES_IN_LINE);
  private final ExecutorService fetches =
      Threads.pool(Integer.MAX_VALUE, Threads.daemons("fetch-"));
  private final ExecutorService collectors =
      Threads.pool(MOST_COLLECTORS, Threads.daemons("collector-"));
  private final Memory memory = Memory.ofHeap(Runtime.getRuntime().maxMemory());
  private final Options options;

  /// What the clients of all instances share; null until there is an instance.
  private @Nullable Dependencies dependencies;

  private final FailureLog failures;
  private final HttpProber httpProber;
  private final ConfigReloader configuration;

  /// Null without a web configuration.
  private final @Nullable Supplier<WebConfig> webConfig;

  /// Null until it serves, like the routes.
  private @Nullable Probes probes;

  private @Nullable Routes routes;

  /// Calls to Sentry by an HTTP client.
  private record Calls(HttpClient client) implements RequestSender.Http {
    @Override
    public HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline)
        throws HttpFailure {
      return client.get(request, wantsBody, deadline);
    }

    @Override
    public HttpAnswer post(HttpGet request, String form, Deadline deadline) throws HttpFailure {
      return client.post(request, form, deadline);
    }

    @Override
    public SecretRedactor proxyRedactor(@Nullable ClientSettings settings) {
      return client.proxyRedactor(settings);
    }
  }

  /// The exporter's options, from its flags.
  ///
  /// @param historyLimit number of probes to keep, and in addition of failed ones
  /// @param webConfig file of TLS and users; null for neither
  /// @param storage folder for state that outlives the process; null for none
  /// @param secondReading time from the first to the second reading of a counter without marks;
  ///   zero for no second one
  public record Options(
      List<ListenAddress> listenAddresses,
      WebSettings web,
      @Nullable Path webConfig,
      Logging.Settings logging,
      int historyLimit,
      @Nullable Path storage,
      Duration secondReading) {
    public Options {
      listenAddresses = List.copyOf(listenAddresses);
    }
  }

  private App(
      Options options,
      Supplier<Config.Result> configSource,
      Map<String, String> environment,
      TimeSource time,
      BuildInfo build,
      ExporterMetrics metrics)
      throws StartException {
    this.time = time;
    this.build = build;
    this.metrics = metrics;
    log.atInfo()
        .addKeyValue("version", build.version())
        .addKeyValue("revision", build.revision())
        .addKeyValue("java", build.javaVersion())
        .log("starting sentry_exporter");
    this.configuration = new ConfigReloader(configSource, this::sentry, metrics, time);
    var proxies = proxies(environment);
    var trust = trust(environment);
    this.http = client(LARGEST_STATISTICS_BYTES, MOST_REDIRECTS_OF_HTTP, proxies, trust);
    this.api = client(LARGEST_ANSWER_BYTES, MOST_REDIRECTS_OF_SENTRY, proxies, trust);
    this.failures = new FailureLog(time::nanoTime);
    this.httpProber = httpProber(memory);
    this.options = options;
    this.webConfig =
        options.webConfig() == null
            ? null
            : new WebConfigReloader(options.webConfig(), metrics, time);
  }

  private HttpClient client(int bodyBytes, int redirects, ProxyRules proxies, Trust trust) {
    var limits =
        new Limits(
            bodyBytes,
            LARGEST_ANSWER_BYTES,
            redirects,
            Limits.STANDARD.connectionsPerOrigin(),
            files.forCaller());
    var settings =
        new HttpSettings(limits, HttpSettings.userAgent(build.version()), proxies, trust);
    return new HttpClient(settings, time, lookups);
  }

  /// Starts to serve; returns when clients can connect. Errors are logged.
  ///
  /// @param configSource reads the configuration, now and at each reload
  /// @param environment proxies and certificates, as other programs read them too
  /// @throws StartException if the configuration has errors, an address cannot be listened on, or a
  ///   variable names a proxy or certificates that cannot be used
  public static App start(
      Options options,
      Supplier<Config.Result> configSource,
      Map<String, String> environment,
      PrintStream logStream)
      throws StartException {
    return start(options, configSource, environment, TimeSource.system(Threads.timer()), logStream);
  }

  /// The same with another source of time, which ends with the exporter.
  public static App start(
      Options options,
      Supplier<Config.Result> configSource,
      Map<String, String> environment,
      TimeSource time,
      PrintStream logStream)
      throws StartException {
    // Java keeps looked-up addresses forever or for 30 s, depending on its settings.
    Security.setProperty("networkaddress.cache.ttl", LONGEST_KEPT_LOOKUP_SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", LONGEST_KEPT_FAILED_LOOKUP_SECONDS);
    var build = BuildInfo.ofThisProgram();
    var metrics = new ExporterMetrics(build);
    Logging.configure(options.logging(), logStream, metrics);
    Threads.reportFailures();
    try {
      return started(options, new App(options, configSource, environment, time, build, metrics));
    } catch (StartException e) {
      log.atError().addKeyValue("reason", e.getMessage()).log("cannot start");
      throw e;
    }
  }

  private static App started(Options options, App app) throws StartException {
    try {
      app.serve(options);
      return app;
    } catch (ListenException e) {
      app.close();
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /// Whether it listens with TLS.
  public boolean isSecure() {
    return webConfig != null && webConfig.get().tls() != null;
  }

  /// Where it listens, in the order of the options.
  public List<InetSocketAddress> addresses() {
    return listeners.stream().map(Listener::localAddress).toList();
  }

  /// Answers a request as if it had come in from this machine.
  public Response answer(Request request) throws InterruptedException {
    return Objects.requireNonNull(routes).at(new ListenAddress("localhost", 0)).handle(request);
  }

  /// Lists the projects that `/sd` returns for a query, with what people want to know of each.
  public Inventory inventory(Query query, Duration longest, Inventory.Progress progress)
      throws UnavailableException, InterruptedException {
    try (var deadline = time.deadline(longest)) {
      return Inventory.of(configuration.active(), query, deadline, progress);
    }
  }

  /// What examines an installation, with the parts of this exporter.
  public Doctor doctor(Doctor.Installation installation) {
    return new Doctor(
        installation,
        new Doctor.Parts(
            configuration.active(),
            api,
            this::sentry,
            Objects.requireNonNull(probes),
            metrics,
            time));
  }

  /// Activates the configuration as it is now.
  ///
  /// @return its errors, one per line; if there are any, the old one stays
  public List<String> reload() {
    List<String> errors = configuration.reload();
    if (errors.isEmpty()) {
      reloaded();
    }
    return errors;
  }

  private void reloaded() {
    httpProber.forgetRefusals();
    failures.reloaded();
  }

  /// Activates the configuration from now on whenever it has changed.
  public void reloadOnChange(Duration interval) {
    var thread = Threads.pool(1, Threads.daemons("reload-"));
    new AutoReload(this::look, interval, time, thread).start();
  }

  private ConfigReloader.Seen look() {
    ConfigReloader.Seen seen = configuration.look();
    if (seen == ConfigReloader.Seen.LOADED) {
      reloaded();
    }
    return seen;
  }

  /// Stops accepting requests and waits up to ten seconds for those under way.
  public void drain() throws InterruptedException {
    configuration.shuttingDown();
    log.atInfo().log("shutting down");
    var draining = new ArrayList<Thread>();
    for (Listener listener : listeners) {
      draining.add(Threads.daemons("drain-").newThread(() -> drain(listener)));
    }
    draining.forEach(Thread::start);
    for (Thread thread : draining) {
      thread.join(); // it ends by itself in time, and logs what it cut off
    }
    close();
    log.atInfo().log("stopped");
  }

  private static void drain(Listener listener) {
    try {
      if (!listener.drain(LONGEST_DRAIN)) {
        log.atWarn().log("requests cut off that did not end in time");
      }
    } catch (InterruptedException _) {
      listener.close();
    }
  }

  @Override
  public void close() {
    listeners.forEach(Listener::close);
    http.close();
    api.close();
    endFetches();
    closeMarks();
    collectors.shutdownNow();
    threads.shutdown();
    time.close(); // last: all of the others' deadlines are its
  }

  /// Waits briefly for high-water marks that are being written, then ends requests to Sentry that
  /// are still running.
  private void endFetches() {
    fetches.shutdown();
    try {
      if (!fetches.awaitTermination(WRITING.toMillis(), TimeUnit.MILLISECONDS)) {
        fetches.shutdownNow();
        boolean _ = fetches.awaitTermination(WRITING.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      fetches.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Options options) throws ListenException {
    if (options.web().demo()) {
      metrics.simulated();
    }
    configuration.start();
    HeapShrinker.start(time);
    var history = new ProbeHistory(options.historyLimit());
    probes =
        new Probes(
            httpProber,
            new SentryProber(
                collectors,
                PageMemory.ofHeap(Runtime.getRuntime().maxMemory(), metrics),
                options.web().created(),
                metrics,
                failures,
                time),
            history,
            metrics,
            time);
    routes =
        new Routes(
            options.web(),
            new Routes.Dependencies(
                configuration::active,
                this::reload,
                probes,
                history,
                metrics,
                time,
                isSecure() ? "https" : "http",
                build.version()));
    listen(options, routes);
    configuration.serving();
  }

  private void listen(Options options, Routes routes) throws ListenException {
    var wanted = Listener.Limits.forProbes(options.web().maxRequests());
    var limits = wanted.atMost(files.forClients(options.listenAddresses().size()));
    if (limits.maxConnections() < wanted.maxConnections()) {
      log.atWarn()
          .addKeyValue("connections", limits.maxConnections())
          .addKeyValue("wanted", wanted.maxConnections())
          .log("few file descriptors: fewer clients at once; raise ulimit -n");
    }
    var access = webConfig == null ? null : new AccessControl(webConfig, time);
    for (ListenAddress address : options.listenAddresses()) {
      Handler pages = routes.at(address);
      var listener = listen(address, limits, access == null ? pages : access.before(pages));
      listeners.add(listener);
      var socket = ListenAddress.of(listener.localAddress());
      log.atInfo().addKeyValue("address", socket).log("listening");
      if (webConfig != null) {
        log.atInfo()
            .addKeyValue("http2", false)
            .addKeyValue("address", socket)
            .log(isSecure() ? "TLS is enabled." : "TLS is disabled.");
      }
    }
  }

  private Listener listen(ListenAddress address, Listener.Limits limits, Handler handler)
      throws ListenException {
    return webConfig == null || webConfig.get().tls() == null
        ? Listener.start(address, limits, handler, threads, metrics::requestRejected)
        : Listener.startTls(address, webConfig, limits, handler, threads, metrics::requestRejected);
  }

  private HttpProber httpProber(Memory memory) {
    var sender = RequestSender.ofProbes(new Calls(http), metrics, time);
    metrics.sentry().add(sender::rates);
    return new HttpProber(sender, new AnswerCache(metrics, memory, time, fetches), time, failures);
  }

  private synchronized Dependencies dependencies() {
    if (dependencies == null) {
      Path storage = options.storage();
      dependencies =
          new Dependencies(
              new Calls(api),
              metrics,
              time,
              new Random(),
              () -> Threads.bounded(fetches, MOST_FETCHES_OF_INSTANCE),
              memory,
              new InstanceMarks(
                  storage == null ? MarksStorage.none() : MarksStorage.in(storage),
                  metrics.sentry(),
                  time::nanoTime),
              options.secondReading());
    }
    return dependencies;
  }

  private synchronized void closeMarks() {
    if (dependencies != null) {
      dependencies.marks().close();
    }
  }

  /// Creates the client of an instance of Sentry; the only place that does.
  private SentryClient sentry(Instance instance) {
    return new SentryClient(instance, dependencies());
  }

  /// What in the environment keeps the exporter from starting, with the fix; empty if nothing does.
  public static List<String> faultsOf(Map<String, String> environment) {
    var faults = new ArrayList<String>();
    try {
      proxies(environment);
    } catch (StartException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
    Trust.fromEnvironment(environment).fault().ifPresent(faults::add);
    return faults;
  }

  private static Trust trust(Map<String, String> environment) throws StartException {
    var trust = Trust.fromEnvironment(environment);
    var fault = trust.fault();
    if (fault.isPresent()) {
      throw new StartException(fault.get());
    }
    return trust;
  }

  private static ProxyRules proxies(Map<String, String> environment) throws StartException {
    try {
      return ProxyRules.fromEnvironment(environment);
    } catch (ProxyException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /// The exporter cannot start; the message names the cause and the fix.
  public static final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
      super(message);
    }
  }
}
