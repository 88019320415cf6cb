package io.sentryexporter.doctor;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.doctor.Doctor.Parts;
import io.sentryexporter.doctor.Doctor.Step;
import io.sentryexporter.doctor.Finding.Grade;
import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.ConnectionReport;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.Selection;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.ServiceInfo;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Checks the way to a server, the token for it, and what the token sees.
///
/// Each step leaves what it has learned to the next ones. Nothing is sent to a host that is known
/// not to be Sentry.
final class ServerChecks {
  private static final String BEARER = "Bearer ";
  private static final Pattern OF_PREFIX = Pattern.compile(".*/api/0/projects/([^/]+)/?");
  private static final int MOST_ORGANIZATIONS = 50;
  private static final Duration SOON = Duration.ofDays(21);
  private static final double TOLERATED_SKEW_SECONDS = 30;

  private final String subject;
  private final URI url;
  private final @Nullable ClientSettings settings;

  /// Null where the module's headers are more than Sentry's token: then only the way is checked.
  private final @Nullable SentryClient client;

  /// The needed scopes, and by whom they are needed.
  private final Map<String, Set<String>> needed;

  private final Parts parts;

  /// Slug of the only organization of a module's prefix; empty for others.
  private final String ofPrefix;

  private boolean isStopped;
  private List<Organization> organizations = List.of();
  private final Map<String, List<Project>> projects = new LinkedHashMap<>();

  private ServerChecks(
      String subject,
      URI url,
      @Nullable ClientSettings settings,
      @Nullable SentryClient client,
      Map<String, Set<String>> needed,
      String ofPrefix,
      Parts parts) {
    this.subject = subject;
    this.url = url;
    this.settings = settings;
    this.client = client;
    this.needed = needed;
    this.ofPrefix = ofPrefix;
    this.parts = parts;
  }

  /// @param readers the modules whose collectors request it
  static ServerChecks ofInstance(
      Instance instance, SentryClient client, List<SentryModule> readers, Parts parts) {
    var needed = new TreeMap<String, Set<String>>();
    for (SentryModule module : readers) {
      for (var collector : module.collectors()) {
        for (Endpoint endpoint : collector.type().endpoints()) {
          if (!endpoint.equals(Endpoint.PROJECT_STATS)) { // of servers without stats_v2
            needed
                .computeIfAbsent(endpoint.scope(), _ -> new TreeSet<>())
                .add(collector.type().name());
          }
        }
      }
    }
    return new ServerChecks(
        "instance " + instance.name(),
        instance.url(),
        instance.client(),
        client,
        needed,
        "",
        parts);
  }

  /// The server of a module of `prober: http`.
  static ServerChecks ofModule(HttpModule module, Parts parts) {
    URI prefix = module.prefixUri();
    if (prefix == null) {
      var nowhere =
          new ServerChecks(
              "module " + module.name(),
              URI.create("http://localhost"),
              null,
              null,
              Map.of(),
              "",
              parts);
      nowhere.isStopped = true;
      return nowhere;
    }
    String path = prefix.getRawPath();
    int api = path.indexOf("/api/0/");
    var server =
        URI.create(
            prefix.getScheme()
                + "://"
                + prefix.getRawAuthority()
                + path.substring(0, Math.max(0, api)));
    Credentials credentials = credentials(module);
    String name = "module " + module.name();
    SentryClient client =
        api < 0 || credentials == null
            ? null
            : parts
                .clients()
                .apply(
                    new Instance(
                        name,
                        server,
                        credentials,
                        Set.of(),
                        null,
                        module.rateShare(),
                        1,
                        List.of(),
                        module.client()));
    String scope = path.startsWith("/api/0/organizations/", api) ? "org:read" : "project:read";
    var organization = OF_PREFIX.matcher(path);
    return new ServerChecks(
        name,
        server,
        module.client(),
        client,
        Map.of(scope, Set.of("prober: http")),
        organization.matches() ? organization.group(1) : "",
        parts);
  }

  /// Those of a module that has nothing but Sentry's token; null for others.
  private static @Nullable Credentials credentials(HttpModule module) {
    ClientSettings client = module.client();
    if (client != null && client.authorization() != null && module.headers().isEmpty()) {
      return new Credentials.OfClient();
    }
    if (module.headers().size() != 1) {
      return null;
    }
    Header header = module.headers().getFirst();
    String value = header.value().reveal();
    return header.is("Authorization") && value.startsWith(BEARER)
        ? new Credentials.Token(new Secret(value.substring(BEARER.length())))
        : null;
  }

  List<Step> steps() {
    var steps = new ArrayList<Step>();
    steps.add(new Step(subject, "url", this::url));
    steps.add(new Step(subject, "token", this::token));
    steps.add(new Step(subject, "connection", this::connection));
    for (URI region : regions()) {
      steps.add(new Step(subject, "region", (found, deadline) -> region(region, found, deadline)));
    }
    steps.add(new Step(subject, "access", this::access));
    steps.add(new Step(subject, "server", this::server));
    steps.add(new Step(subject, "organizations", this::organizations));
    steps.add(new Step(subject, "projects", this::projects));
    steps.add(new Step(subject, "clock", this::clock));
    return steps;
  }

  private List<URI> regions() {
    return client == null ? List.of() : client.instance().regions();
  }

  /// Whether it is known by now that no probe of it can succeed.
  boolean isStopped() {
    return isStopped;
  }

  /// Null where there is none, as of the module's own headers.
  @Nullable SentryClient client() {
    return client;
  }

  /// The organizations that were found.
  List<String> slugs() {
    return organizations.stream().map(Organization::slug).toList();
  }

  /// The projects of an organization that were found.
  List<Project> projects(String organization) {
    return projects.getOrDefault(organization, List.of());
  }

  private void url(Finding.Made found, Deadline deadline) {
    if (isStopped) {
      found.failure(
          "http.prefix: no URL that a target can follow, so every probe will fail",
          "write one like https://sentry.io/api/0/projects/");
      return;
    }
    var fault = Config.faultOfHost(url);
    if (fault.isPresent()) {
      found.failure(url + ": " + fault.get() + "; nothing is sent there", "");
      isStopped = true;
    } else {
      found.ok(url.toString());
    }
  }

  private void token(Finding.Made found, Deadline deadline) {
    if (client == null || isStopped) {
      return;
    }
    Credentials credentials = client.instance().credentials();
    try {
      String kind = TokenReader.described(credentials);
      TokenReader.misuse(credentials)
          .ifPresentOrElse(misuse -> found.failure(misuse, ""), () -> found.ok(kind));
    } catch (SentryException e) {
      found.failure(String.valueOf(e.getMessage()), "");
      isStopped = true;
    }
    if (credentials instanceof Credentials.TokenFile(var file)) {
      FileChecks.warnIfShared(file, found);
    }
  }

  private void connection(Finding.Made found, Deadline deadline) {
    if (!isStopped) {
      isStopped = !isReached(url, found, deadline);
    }
  }

  /// The way to a region; without it, probes of its organizations fail, and no others.
  private void region(URI region, Finding.Made found, Deadline deadline) {
    if (isStopped) {
      return;
    }
    var fault = Config.faultOfHost(region);
    if (fault.isPresent()) {
      found.failure(region + ": " + fault.get() + "; nothing is sent there", "");
      return;
    }
    found.ok(region.toString());
    boolean _ = isReached(region, found, deadline);
  }

  /// A finding for each step of the way: `dns`, `tcp` or `proxy`, `tls`.
  private boolean isReached(URI server, Finding.Made found, Deadline deadline) {
    ConnectionReport report = parts.http().examine(server, settings, deadline);
    Map<Phase, Duration> took = new LinkedHashMap<>();
    report.steps().forEach(step -> took.merge(step.phase(), step.took(), Duration::plus));
    HttpFailure failure = report.failure();
    Phase last = took.isEmpty() ? null : report.steps().getLast().phase();
    took.forEach((phase, duration) -> {
      String part = part(phase, report);
      if (failure != null && phase == last) {
        String fix = reason(failure).remedy().replace("`", "");
        found.add(part, Grade.FAILURE, String.valueOf(failure.getMessage()), fix, duration);
      } else if (phase == Phase.HANDSHAKE && report.certificate() != null) {
        certificate(found, report.certificate(), duration);
      } else {
        found.add(part, Grade.OK, text(phase, server, report), "", duration);
      }
    });
    return failure == null;
  }

  private static String part(Phase phase, ConnectionReport report) {
    return switch (phase) {
      case LEASE, LOOKUP -> "dns";
      case CONNECT -> report.proxy() == null ? "tcp" : "proxy";
      case HANDSHAKE -> "tls";
      case HEADERS, BODY -> "http";
    };
  }

  private static String text(Phase phase, URI server, ConnectionReport report) {
    String proxy = report.proxy();
    return switch (phase) {
      case LOOKUP -> (proxy == null ? server.getHost() : proxy) + " has an address";
      case CONNECT -> "connected to " + (proxy == null ? "" : proxy + ", ") + report.address();
      case LEASE, HANDSHAKE, HEADERS, BODY -> "passed";
    };
  }

  private void certificate(
      Finding.Made found, ConnectionReport.Certificate certificate, Duration duration) {
    var left = Duration.between(parts.time().instant(), certificate.end());
    boolean isSoon = left.compareTo(SOON) < 0;
    found.add(
        "tls",
        isSoon ? Grade.WARNING : Grade.OK,
        "%s, certificate \"%s\" of \"%s\", valid until %s, %d days"
            .formatted(
                certificate.protocol(),
                certificate.subject(),
                certificate.issuer(),
                LocalDate.ofInstant(certificate.end(), ZoneOffset.UTC),
                left.toDays()),
        isSoon ? "renew it on the server" : "",
        duration);
  }

  private static Reason reason(HttpFailure failure) {
    return switch (failure) {
      case HttpFailure.UnknownHost _ -> Reason.DNS;
      case HttpFailure.ConnectFailed _ -> Reason.CONNECT;
      case HttpFailure.TlsFailed _ -> Reason.TLS;
      case HttpFailure.TimedOut _, HttpFailure.Cancelled _ -> Reason.CONNECT;
      case HttpFailure.BrokenOff _ -> Reason.CONNECTION_CLOSED;
      case HttpFailure.NotHttp _ -> Reason.PROTOCOL;
      case HttpFailure.TooLarge _ -> Reason.TOO_LARGE;
      case HttpFailure.RedirectRefused _ -> Reason.REDIRECT;
    };
  }

  private SentrySession session(Deadline deadline) {
    return Objects.requireNonNull(client).api(CachePolicy.NAMES, deadline);
  }

  /// Whether the token is accepted, and its scopes.
  private void access(Finding.Made found, Deadline deadline) throws InterruptedException {
    if (client == null || isStopped) {
      return;
    }
    SentrySession session = session(deadline);
    ServiceInfo.Caller caller = session.answer(new ServiceInfo.CallerRequest());
    if (caller == null) {
      SentryException failure = session.failure();
      if (failure != null && failure.reason() == Reason.UNSUPPORTED && failure.isSentrysWord()) {
        found.ok("this server does not report scopes; the probes below show what is missing");
      } else {
        failed(found, failure);
        isStopped = true;
      }
    } else if (caller.isAnonymous()) {
      found.failure(
          "Sentry has seen no token", "let the proxy in front of it pass the header Authorization");
      isStopped = true;
    } else if (caller.scopes() == null) {
      found.ok("accepted; its scopes are not reported");
    } else {
      scopes(found, caller.scopes());
    }
  }

  private void scopes(Finding.Made found, Set<String> scopes) {
    var missing = new ArrayList<String>();
    needed.forEach((scope, users) -> {
      if (!has(scope, scopes)) {
        missing.add(scope);
        found.failure(
            "the token lacks the scope "
                + scope
                + ", which these need: "
                + String.join(", ", users),
            "in Sentry, Settings, Developer Settings, your integration, Permissions: give read"
                + " access to "
                + permission(scope)
                + "; a personal token needs to be created anew with "
                + scope);
      }
    });
    var tooMany = new TreeSet<>(scopes);
    tooMany.removeIf(scope -> !scope.endsWith(":write") && !scope.endsWith(":admin"));
    if (!tooMany.isEmpty()) {
      found.warning(
          "the token may change things, which the exporter never does: "
              + String.join(", ", tooMany),
          "give it read access only");
    }
    if (missing.isEmpty()) {
      found.ok("accepted, with the scopes " + String.join(", ", new TreeSet<>(scopes)));
    }
  }

  /// Access to write includes that to read.
  private static boolean has(String scope, Set<String> scopes) {
    String subject = scope.substring(0, scope.indexOf(':'));
    return scopes.contains(scope)
        || scopes.contains(subject + ":write")
        || scopes.contains(subject + ":admin");
  }

  /// As Sentry's page of an integration names it.
  private static String permission(String scope) {
    return switch (scope) {
      case "org:read" -> "Organization";
      case "project:read" -> "Project";
      case "event:read" -> "Issue & Event";
      default -> scope;
    };
  }

  private void failed(Finding.Made found, @Nullable SentryException failure) {
    if (failure == null || failure.reason() == Reason.TIMEOUT) {
      found.failure(
          "no answer in time from " + url + (regions().isEmpty() ? "" : " or one of its regions"),
          "check that the server works, and what stands before it: a proxy or firewall may let"
              + " connections pass, and no requests");
    } else {
      found.failure(String.valueOf(failure.getMessage()), failure.reason());
    }
  }

  private void server(Finding.Made found, Deadline deadline) throws InterruptedException {
    if (client == null || isStopped) {
      return;
    }
    SentrySession session = session(deadline);
    ServiceInfo.Server server = session.answer(new ServiceInfo.ServerRequest());
    if (server == null) {
      SentryException failure = session.failure();
      found.skipped(
          "the server does not report its version: "
              + (failure == null ? "no answer in time" : failure.getMessage()));
      return;
    }
    String version = server.version().isEmpty() ? "" : " " + server.version();
    switch (server.kind()) {
      case SENTRY_IO -> found.ok("sentry.io" + version);
      case SELF_HOSTED -> found.ok("self-hosted Sentry" + version);
      case GLITCHTIP ->
          found.warning(
              "GlitchTip" + version + ", which has a part of Sentry's API",
              "expect no sessions, monitors and issues; docs/servers.md has what remains");
      case UNKNOWN -> found.ok("a server that does not report its version");
    }
  }

  private void organizations(Finding.Made found, Deadline deadline) throws InterruptedException {
    if (client == null || isStopped) {
      return;
    }
    if (!ofPrefix.isEmpty()) {
      organizations = List.of(Organization.named(ofPrefix));
      return;
    }
    SentrySession session = session(deadline);
    List<Organization> known = session.organizations();
    if (subject.startsWith("module ") && (known == null || known.isEmpty())) {
      return; // its probes need no list
    }
    if (known == null) {
      failed(found, session.failure());
      return;
    }
    organizations = known;
    if (known.isEmpty()) {
      found.failure(
          "Sentry lists no organization for this token, as for every internal integration: /sd and"
              + " discover find nothing",
          "write organizations: [my-organization] below the instance, or set SENTRY_ORGANIZATIONS;"
              + " the slug is in Sentry's URLs. Probes of named targets do without it");
    } else {
      found.ok(listed(slugs()));
    }
  }

  private static String listed(List<String> names) {
    int most = 10;
    return String.join(", ", names.subList(0, Math.min(most, names.size())))
        + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
  }

  private void projects(Finding.Made found, Deadline deadline) throws InterruptedException {
    if (client == null || isStopped) {
      return;
    }
    List<String> slugs = slugs();
    List<String> examined = slugs.subList(0, Math.min(MOST_ORGANIZATIONS, slugs.size()));
    projects.putAll(session(deadline).projects(examined));
    var counts = new ArrayList<String>();
    for (String slug : examined) {
      List<Project> list = projects.get(slug);
      if (list == null) {
        missing(found, slug, deadline);
        continue;
      }
      long hidden = list.stream().filter(project -> !project.hasAccess()).count();
      counts.add(slug + " " + list.size());
      if (list.isEmpty() && isSelective()) {
        found.warning(
            "no project of " + slug + " is selected",
            "widen projects of the instance, or exclude the organization");
      } else if (list.isEmpty()) {
        found.warning("the token sees no project of " + slug, "check whose token it is");
      } else if (hidden > 0) {
        found.warning(
            hidden + " of " + list.size() + " projects of " + slug + " give no data to the token",
            "use the token of an internal integration, or add its user to the projects' teams");
      }
    }
    if (!counts.isEmpty()) {
      found.ok("number of projects: " + listed(counts));
    }
    if (examined.size() < slugs.size()) {
      found.skipped("projects of %d more organizations".formatted(slugs.size() - examined.size()));
    }
  }

  private boolean isSelective() {
    Selection selection = client == null ? null : client.instance().selection();
    return selection != null && selection.isOfProjects();
  }

  /// An organization without a list: its name may be misspelt.
  private void missing(Finding.Made found, String slug, Deadline deadline)
      throws InterruptedException {
    SentrySession session = session(deadline);
    var _ = session.projects(slug);
    SentryException failure = session.failure();
    if (failure == null || failure.reason() != Reason.NOT_FOUND) {
      failed(found, failure);
      return;
    }
    List<Organization> all = session(deadline).answer(new MemberOrganizations());
    var names = all == null ? List.<String>of() : all.stream().map(Organization::slug).toList();
    String seen = names.isEmpty() ? "" : "; the token sees " + listed(names);
    found.failure(
        slug + ": " + failure.getMessage(),
        Misspelling.closest(slug, names)
            .map(closest -> "did you mean " + closest + "?")
            .orElse("write the slug as in Sentry's URLs" + seen));
  }

  private void clock(Finding.Made found, Deadline deadline) {
    if (client == null || isStopped) {
      return;
    }
    double skew = client.clockSkewSeconds();
    String text =
        Math.abs(skew) < 1
            ? "Sentry's clock agrees with this one"
            : String.format(
                Locale.ROOT,
                "Sentry's clock is %.0f s %s",
                Math.abs(skew),
                skew < 0 ? "behind" : "ahead");
    if (Math.abs(skew) > TOLERATED_SKEW_SECONDS) {
      found.warning(
          text,
          "synchronize the clock of this machine, or of the server (NTP); windows follow"
              + " Sentry's clock, while certificates and Prometheus follow this one");
    } else {
      found.ok(text);
    }
  }
}
