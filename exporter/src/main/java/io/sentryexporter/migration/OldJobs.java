package io.sentryexporter.migration;

import io.sentryexporter.migration.ApiUrl.Kind;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The jobs of a Prometheus that scrapes another exporter, one target of Sentry for each probe.
public final class OldJobs {
  private static final Key<String> SCRAPE_CONFIGS = Key.string("scrape_configs", "");
  private static final String PROBE = "/probe";
  private static final String DEFAULT_MODULE = "sentry";

  /// Without a file.
  public static final OldJobs NONE = new OldJobs(List.of());

  private final List<Job> jobs;

  private OldJobs(List<Job> jobs) {
    this.jobs = List.copyOf(jobs);
  }

  private record Job(String module, Set<String> targets) {}

  /// Reads Prometheus' file, or one of its `scrape_config_files`.
  public static OldJobs read(byte[] utf8, Problems problems) {
    var top = YamlFile.readForeign(utf8, List.of(SCRAPE_CONFIGS), problems);
    Object written = top.written(List.of(SCRAPE_CONFIGS)).getOrDefault("scrape_configs", List.of());
    var jobs = new ArrayList<Job>();
    for (Map<?, ?> job : mappings(written)) {
      if (PROBE.equals(job.get("metrics_path"))) {
        jobs.add(job(job, problems));
      }
    }
    if (jobs.isEmpty() && !problems.hasErrors()) {
      top.location(SCRAPE_CONFIGS)
          .warn("no job with metrics_path: /probe; name the file that has the job of the exporter");
    }
    return new OldJobs(jobs);
  }

  private static Job job(Map<?, ?> job, Problems problems) {
    var targets = new TreeSet<String>();
    for (Map<?, ?> group : mappings(job.get("static_configs"))) {
      targets.addAll(texts(group.get("targets")));
    }
    for (Object key : job.keySet()) {
      if (String.valueOf(key).endsWith("_sd_configs")) {
        problems
            .at("scrape_configs." + job.get("job_name") + "." + key)
            .warn("its targets are not read; write their organizations below organizations:");
      }
    }
    List<String> modules =
        job.get("params") instanceof Map<?, ?> params ? texts(params.get("module")) : List.of();
    return new Job(modules.isEmpty() ? DEFAULT_MODULE : modules.getFirst(), targets);
  }

  /// The organizations that the targets of a module name.
  Set<String> organizations(String module, Kind kind) {
    return jobs.stream()
        .filter(job -> job.module().equals(module))
        .flatMap(job -> job.targets().stream())
        .filter(target -> target.contains("/") == (kind == Kind.PROJECTS))
        .map(target -> target.split("/", -1)[0])
        .filter(ApiUrl::isOrganization)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Map<?, ?>> mappings(@Nullable Object list) {
    var mappings = new ArrayList<Map<?, ?>>();
    if (list instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> mapping) {
          mappings.add(mapping);
        }
      }
    }
    return mappings;
  }

  private static List<String> texts(@Nullable Object list) {
    return list instanceof List<?> items ? items.stream().map(String::valueOf).toList() : List.of();
  }
}
