package io.sentryexporter.migration;

import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.YamlText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What takes the place of another exporter: a configuration, the jobs that scrape it, and the
/// files of its secrets, none of which is in the other two.
public final class Migration {
  /// The scheme of tokens, unless another is named.
  static final String BEARER = "Bearer";

  /// A secret that the other configuration does not have.
  static final Secret UNKNOWN = new Secret("");

  private static final String DEFAULT = "default";
  private static final String PASSWORD = "exporter-password";
  private static final String INTERVAL = "1m";
  private static final String TIMEOUT = "30s";

  private final String secretsFolder;
  private final Map<Access, String> instances = new LinkedHashMap<>();
  private final Map<String, Set<String>> organizations = new HashMap<>();
  private final Map<String, Map<String, Object>> settings = new LinkedHashMap<>();
  private final Map<String, Object> modules = new LinkedHashMap<>();
  private final List<Job> jobs = new ArrayList<>();
  private final Map<String, Kept> secrets = new LinkedHashMap<>();
  private @Nullable String user;

  /// @param secretsFolder the folder of the files that the configuration names
  Migration(String secretsFolder) {
    this.secretsFolder = secretsFolder;
  }

  /// A server of Sentry, and what authorizes requests to it.
  ///
  /// @param url without `/api/0`
  /// @param scheme the first word of the header Authorization
  /// @param token empty if it is not known; null if the environment has it for this exporter too
  /// @param headers of every request, which may be secret
  record Access(
      String url, String scheme, @Nullable Secret token, SortedMap<String, Secret> headers) {
    Access {
      headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /// With a token alone.
    static Access with(String url, @Nullable Secret token) {
      return new Access(url, BEARER, token, new TreeMap<>());
    }
  }

  /// A secret, which is in none of the texts.
  ///
  /// @param value empty if it is not known
  /// @param origin where the other exporter has it
  public record Kept(Secret value, String origin) {}

  /// A job over the targets of `/sd`.
  ///
  /// @param query of `/sd`, with its `?`; may be empty
  private record Job(String name, String query) {}

  /// The name of the instance with this access.
  ///
  /// @param name of an instance that is not the first
  /// @param origin where the token is
  String instance(Access access, String name, String origin) {
    return instances.computeIfAbsent(
        access,
        _ -> {
          String free = instances.isEmpty() ? DEFAULT : free(word(name), instances.values());
          settings.put(free, settings(access, suffix(free), origin));
          organizations.put(free, new TreeSet<>());
          return free;
        });
  }

  private Map<String, Object> settings(Access access, String suffix, String origin) {
    var instance = new LinkedHashMap<String, Object>();
    instance.put("url", access.url());
    if (access.token() != null && access.scheme().equals(BEARER)) {
      instance.put("auth_token_file", secret("sentry-token" + suffix, access.token(), origin));
    } else if (access.token() != null) {
      instance.put("authorization", authorization(access, suffix, origin));
    }
    if (!access.headers().isEmpty()) {
      instance.put("http_headers", headers(access.headers(), suffix));
    }
    return instance;
  }

  /// The keys of the HTTP client that authorize, of a module of `prober: http`.
  ///
  /// @param instance with the same access; empty if there is none
  Map<String, Object> client(Access access, String instance, String origin) {
    var client = new LinkedHashMap<String, Object>();
    client.put("authorization", authorization(access, suffix(instance), origin));
    if (!access.headers().isEmpty()) {
      client.put("http_headers", headers(access.headers(), suffix(instance)));
    }
    return client;
  }

  private Map<String, Object> authorization(Access access, String suffix, String origin) {
    Secret token = access.token() == null ? UNKNOWN : access.token();
    var authorization = new LinkedHashMap<String, Object>();
    if (!access.scheme().equals(BEARER)) {
      authorization.put("type", access.scheme());
    }
    authorization.put("credentials_file", secret("sentry-token" + suffix, token, origin));
    return authorization;
  }

  private Map<String, Object> headers(Map<String, Secret> headers, String suffix) {
    var written = new LinkedHashMap<String, Object>();
    headers.forEach((name, value) -> {
      String file = secret("header-" + word(name) + suffix, value, "the header " + name);
      written.put(name, Map.of("files", List.of(file)));
    });
    return written;
  }

  private static String suffix(String instance) {
    return instance.equals(DEFAULT) || instance.isEmpty() ? "" : "-" + instance;
  }

  /// Keeps a secret for its file; returns the file's path. Equal secrets have one file.
  private String secret(String wanted, Secret value, String origin) {
    for (var kept : secrets.entrySet()) {
      Secret other = kept.getValue().value();
      if (other.equals(value) && (!value.equals(UNKNOWN) || kept.getKey().equals(wanted))) {
        return path(kept.getKey());
      }
    }
    String name = free(wanted, secrets.keySet());
    secrets.put(name, new Kept(value, origin));
    return path(name);
  }

  private String path(String name) {
    return secretsFolder + "/" + name;
  }

  /// Allows an organization of an instance. One without any has all that its token sees.
  void allow(String instance, Set<String> slugs) {
    organizations.computeIfAbsent(instance, _ -> new TreeSet<>()).addAll(slugs);
  }

  boolean hasOrganizations(String instance) {
    return !organizations.getOrDefault(instance, Set.of()).isEmpty();
  }

  /// Lets an instance have all organizations that its token sees.
  void allowAll(String instance) {
    organizations.put(instance, Set.of());
  }

  /// Adds a module.
  void module(String name, Map<String, Object> module) {
    modules.put(name, module);
  }

  /// A name that no module has.
  String freeModule(String wanted) {
    return free(wanted, modules.keySet());
  }

  /// Adds a module of `prober: sentry`, and a job that scrapes it.
  ///
  /// @param collectors empty for those that are on by default
  /// @param filter parameters of `/sd`, such as `kind=project`
  void collecting(
      String name,
      String instance,
      @Nullable String timeout,
      Map<String, Object> collectors,
      List<String> filter) {
    var module = new LinkedHashMap<String, Object>();
    module.put("prober", "sentry");
    if (!instance.equals(DEFAULT)) {
      module.put("instance", instance);
    }
    if (timeout != null) {
      module.put("timeout", timeout);
    }
    if (!collectors.isEmpty()) {
      module.put("collectors", collectors);
    }
    module(name, module);
    var query = new ArrayList<>(filter);
    if (!name.equals("sentry")) {
      query.addFirst("module=" + encoded(name));
    }
    jobs.add(
        new Job(
            jobs.isEmpty() ? "sentry" : "sentry_" + word(name).replace('-', '_'),
            query.isEmpty() ? "" : "?" + String.join("&", query)));
  }

  /// Makes Prometheus log in to the exporter.
  void login(String name, Secret password, String origin) {
    user = name;
    secret(PASSWORD, password, origin);
  }

  /// The configuration, as `check-config` accepts it.
  public String configuration() {
    var document = new LinkedHashMap<String, Object>();
    settings.forEach((name, instance) -> {
      var slugs = organizations.getOrDefault(name, Set.of());
      if (!slugs.isEmpty()) {
        instance.put("organizations", List.copyOf(new TreeSet<>(slugs)));
      }
    });
    if (!settings.isEmpty()) {
      document.put("instances", settings);
    }
    document.put("modules", modules);
    return YamlText.of(document);
  }

  /// Whether there is nothing to probe with.
  boolean isEmpty() {
    return modules.isEmpty();
  }

  /// The scrape configuration of Prometheus; empty if nothing of `prober: sentry` is configured.
  ///
  /// @param address host and port of the exporter
  public String scrapeConfiguration(String address) {
    return jobs.isEmpty()
        ? ""
        : YamlText.of(
            Map.of("scrape_configs", jobs.stream().map(job -> yaml(job, address)).toList()));
  }

  private Map<String, Object> yaml(Job job, String address) {
    var discovery = new LinkedHashMap<String, Object>();
    var yaml = new LinkedHashMap<String, Object>();
    discovery.put("url", "http://" + address + "/sd" + job.query());
    yaml.put("job_name", job.name());
    yaml.put("scrape_interval", INTERVAL);
    yaml.put("scrape_timeout", TIMEOUT);
    if (user != null) {
      var login = Map.of("username", user, "password_file", path(PASSWORD));
      yaml.put("basic_auth", new TreeMap<>(login).descendingMap());
      discovery.put("basic_auth", new TreeMap<>(login).descendingMap());
    }
    yaml.put("http_sd_configs", List.of(discovery));
    return yaml;
  }

  /// The contents of the files that the configuration and the jobs name, by the names of the files.
  public Map<String, Kept> secrets() {
    return Collections.unmodifiableMap(secrets);
  }

  private static String free(String wanted, Collection<String> taken) {
    String name = wanted;
    for (int i = 2; taken.contains(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  /// A text as a word in names.
  static String word(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
