// The exporter itself: its probes, why they fail, how old data is, what it costs Sentry, memory.
import * as parts from './parts';

const OF = 'instance=~"$instance"';

export const exporter = parts
  .board(
    'sentry-exporter',
    'Sentry / Exporter',
    'The health of sentry_exporter: probes and their failures, age of data, requests to Sentry' +
      ' against its limits, memory.',
    [
      parts.variable(
        'instance',
        'Exporter',
        'The exporter, by the address that Prometheus scrapes',
        'label_values(sentry_exporter_build_info, instance)',
        true,
      ),
    ],
  )
  .withRow(parts.row('Probes'))
  .withPanel(
    parts.rows({
      title: 'Exporters',
      description: 'Version of each, and whether its last attempt to load the configuration succeeded.',
      unit: 'none',
      width: 8,
      steps: ['red', [1, 'green']],
      values: ['Configuration'],
      queries: [
        {
          expr: `topk(20, sentry_exporter_config_last_reload_successful{${OF}} * on (job, instance) group_left (version, javaversion) sentry_exporter_build_info)`,
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Probes, by module',
      description: 'Probes per second, and how many of them fail.',
      unit: 'cps',
      width: 8,
      queries: [
        {
          expr: `topk(10, sum by (module) (rate(sentry_exporter_probes_total{${OF}}[$__rate_interval])))`,
          legend: '{{module}}',
        },
        {
          expr: `topk(10, sum by (module) (rate(sentry_exporter_probes_failed_total{${OF}}[$__rate_interval])))`,
          legend: '{{module}}, failed',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Duration of probes',
      description: 'Half, and 99 of 100, of the probes take less.',
      unit: 's',
      width: 8,
      queries: [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(sentry_exporter_probe_duration_seconds_bucket{${OF}}[$__rate_interval])))`,
        legend: `${quantile * 100} %`,
      })),
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Failures, by reason',
      description:
        'Collectors of targets that fail now, by reason; docs/metrics.md has what to do about each.' +
        ' unsupported is no fault: the server lacks an endpoint.',
      unit: 'short',
      width: 12,
      stacked: true,
      queries: [{ expr: 'count by (reason) (sentry_probe_failure_info)', legend: '{{reason}}' }],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Targets, failing first',
      description: '1 where all data is fresh, 0 where some is missing or old; twenty at most.',
      unit: 'none',
      width: 12,
      steps: ['red', [1, 'green']],
      values: ['Success'],
      lowestFirst: true,
      queries: [{ expr: 'bottomk(20, min by (job, instance) (sentry_probe_success))' }],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Age of data, by collector',
      description: 'Age of the oldest answer in use: at most the refresh interval while all is well.',
      unit: 's',
      width: 12,
      queries: [
        {
          expr: `max by (collector) (sentry_exporter_snapshot_age_seconds{${OF}})`,
          legend: '{{collector}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Answers to nobody',
      description:
        'Requests per second that the exporter refuses: parameters that are wrong, or no room left.',
      unit: 'cps',
      width: 12,
      queries: [
        {
          expr: `sum(rate(sentry_exporter_probes_refused_total{${OF}}[$__rate_interval]))`,
          legend: 'refused (400)',
        },
        {
          expr: `sum(rate(sentry_exporter_requests_rejected_total{${OF}}[$__rate_interval]))`,
          legend: 'no room (503)',
        },
        {
          expr: `sum(rate(sentry_exporter_discoveries_failed_total{${OF}}[$__rate_interval]))`,
          legend: 'no list of targets',
        },
      ],
    }),
  )
  .withRow(parts.row('Requests to Sentry'))
  .withPanel(
    parts.lines({
      title: 'Requests, by status',
      description: "Requests per second by Sentry's HTTP status or, without an answer, the error.",
      unit: 'reqps',
      width: 8,
      stacked: true,
      queries: [
        {
          expr: parts.highest(
            10,
            'code',
            `sum by (code) (rate(sentry_exporter_api_requests_total{${OF}}[$__rate_interval]))`,
            `sum by (code) (increase(sentry_exporter_api_requests_total{${OF}}[$__range] @ end()))`,
          ),
          legend: '{{code}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Duration of requests, by endpoint',
      description: 'Mean seconds to the last byte; the ten endpoints with the most requests.',
      unit: 's',
      width: 8,
      queries: [
        {
          expr: parts.highest(
            10,
            'endpoint',
            `sum by (endpoint) (rate(sentry_exporter_api_request_duration_seconds_sum{${OF}}[$__rate_interval])) / sum by (endpoint) (rate(sentry_exporter_api_request_duration_seconds_count{${OF}}[$__rate_interval]))`,
            `sum by (endpoint) (increase(sentry_exporter_api_request_duration_seconds_count{${OF}}[$__range] @ end()))`,
          ),
          legend: '{{endpoint}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Served without a request',
      description: 'Share of the requests to Sentry that an earlier answer makes unnecessary.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      queries: [
        {
          expr: `sum(rate(sentry_exporter_cache_hits_total{${OF}}[$__rate_interval])) / sum(rate(sentry_exporter_cache_requests_total{${OF}}[$__rate_interval]))`,
          legend: 'share',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Request budget of prober: http',
      description:
        "Share of the requests that Sentry's limit leaves to probes of prober: http which they need;" +
        ' above 100 % they fail. Absent where Sentry advertises no limit.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `topk(10, max by (server, endpoint) (sentry_exporter_api_needed_requests_per_second{${OF}} / sentry_exporter_api_given_requests_per_second{${OF}}))`,
          legend: '{{server}} {{endpoint}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: "Sentry's limits",
      description: 'What Sentry advertised with its last answer, by endpoint: twenty at most.',
      unit: 'short',
      width: 8,
      steps: parts.NEUTRAL,
      values: ['Value'],
      queries: [
        {
          expr: `bottomk(20, min by (sentry_instance, endpoint, kind) (sentry_exporter_api_rate_limit{${OF}}))`,
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Waiting for Sentry',
      description:
        'Seconds of waiting per second to keep within limits, retries, and requests that found no turn.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: `sum(rate(sentry_exporter_api_throttled_seconds_total{${OF}}[$__rate_interval]))`,
          legend: 'seconds waited',
        },
        {
          expr: `sum(rate(sentry_exporter_api_retries_total{${OF}}[$__rate_interval]))`,
          legend: 'retries',
        },
        {
          expr: `sum(rate(sentry_exporter_api_turns_refused_total{${OF}}[$__rate_interval]))`,
          legend: 'no turn',
        },
      ],
    }),
  )
  .withRow(parts.row('Data and process'))
  .withPanel(
    parts.bars({
      title: 'Counters held, by collector',
      description: 'Series held at their highest values because Sentry reports less now: should be 0.',
      unit: 'short',
      width: 6,
      steps: parts.BAD_ABOVE_NONE,
      queries: [
        {
          expr: `topk(20, sum by (collector) (sentry_exporter_counters_held{${OF}}))`,
          legend: '{{collector}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Clock skew',
      description: "Seconds by which Sentry's clock is ahead of the exporter's; the largest.",
      unit: 's',
      width: 6,
      decimals: 1,
      steps: parts.GOOD_BELOW(30, 60),
      queries: [{ expr: `max(abs(sentry_exporter_clock_skew_seconds{${OF}}))` }],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Memory',
      description: 'Memory of the process, the heap in use, and what pages in progress take.',
      unit: 'bytes',
      width: 6,
      queries: [
        { expr: `sum(process_resident_memory_bytes{${OF}})`, legend: 'process' },
        { expr: `sum(jvm_memory_used_bytes{${OF}, area="heap"})`, legend: 'heap' },
        { expr: `sum(sentry_exporter_page_memory_bytes{${OF}})`, legend: 'pages' },
        { expr: `sum(sentry_exporter_page_memory_limit_bytes{${OF}})`, legend: 'limit of pages' },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Processor',
      description: 'Seconds of processor time per second.',
      unit: 'percentunit',
      width: 6,
      queries: [
        { expr: `sum(rate(process_cpu_seconds_total{${OF}}[$__rate_interval]))`, legend: 'used' },
      ],
    }),
  );
