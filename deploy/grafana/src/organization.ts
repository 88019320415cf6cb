// What comes in from an organization, what is dropped and why, its quota and what needs attention.
import * as parts from './parts';

const OF = 'instance=~"$instance", organization="$organization"';
const OUTCOME = 'organization, project, category, outcome';
const DROPPED = 'outcome=~"rate_limited|abuse|cardinality_limited|invalid"';
const TARGETS =
  'max by (job, instance) (sentry_probe_success{instance=~"$organization(/.*)?"})';
const RECORDED = 'organization="$organization"';

const rate = (labels: string) =>
  parts.once(OUTCOME, `rate(sentry_outcomes_total{${OF}, ${labels}}[$__rate_interval])`);
const shown = (labels: string) =>
  parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, ${labels}}[$__range] @ end())`);
const errors = (outcome: string) => `category="error", ${outcome}`;

export const organization = parts
  .board(
    'sentry-organization',
    'Sentry / Organization',
    'What an organization of Sentry sends, what is dropped of it, how long its quota lasts, and' +
      ' what needs attention in its projects.',
    [
      parts.variable(
        'organization',
        'Organization',
        "The organization's slug",
        'label_values(sentry_project_info, organization)',
        false,
      ),
      parts.variable(
        'instance',
        'Target',
        'The target whose probes are shown; all of them count once',
        'label_values(sentry_outcomes_total{organization="$organization"}, instance)',
        true,
      ),
    ],
  )
  .withRow(parts.row('Now'))
  .withPanel(
    parts.number({
      title: 'Errors accepted',
      description: 'Errors that Sentry stores, per second, in the last ten minutes.',
      unit: 'cps',
      width: 3,
      decimals: 1,
      steps: parts.NEUTRAL,
      queries: [
        {
          expr: `sum(${parts.once(OUTCOME, `rate(sentry_outcomes_total{${OF}, ${errors('outcome="accepted"')}}[10m])`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Errors dropped',
      description:
        'Share of the errors of the last hour that Sentry drops, by a quota, a rate limit or because' +
        ' they are not valid. What SDKs drop by themselves after that is not all counted.',
      unit: 'percentunit',
      width: 3,
      decimals: 1,
      steps: parts.GOOD_BELOW(0.02, 0.1),
      queries: [
        {
          expr:
            `sum(${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, ${errors(DROPPED)}}[1h])`)})` +
            ` / sum(${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, ${errors('outcome=~"accepted|rate_limited|abuse|cardinality_limited|invalid"')}}[1h])`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Quota lasts',
      description:
        'Days until the first quota is used up, at the average of its period or the pace of the last' +
        ' day, the faster of the two. Quotas are those of the configuration.',
      unit: 'd',
      width: 3,
      decimals: 1,
      steps: parts.GOOD_ABOVE(3, 10),
      none: 'no quota',
      queries: [{ expr: `min(organization:sentry_quota:days_left{${RECORDED}})` }],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Monitors failing',
      description: 'Cron monitors, neither muted nor disabled, whose last run failed or is missing.',
      unit: 'none',
      width: 3,
      steps: parts.BAD_ABOVE_NONE,
      none: 'no monitors',
      queries: [
        {
          expr:
            `count(${parts.once('project, monitor, environment', `sentry_monitor_up{${OF}}`)} == 0` +
            ` unless on (project, monitor, environment) sentry_monitor_muted{${OF}} == 1` +
            ` unless on (project, monitor) sentry_monitor_enabled{${OF}} == 0)` +
            ` or 0 * count(sentry_monitor_up{${OF}})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Sites down',
      description: 'Uptime monitors that report a failing URL.',
      unit: 'none',
      width: 3,
      steps: parts.BAD_ABOVE_NONE,
      none: 'no monitors',
      queries: [
        {
          expr:
            `count(${parts.once('project, monitor, environment', `sentry_uptime_up{${OF}}`)} == 0)` +
            ` or 0 * count(sentry_uptime_up{${OF}})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Issues escalating',
      description: 'Issues with far more events than Sentry expected.',
      unit: 'none',
      width: 3,
      steps: parts.BAD_ABOVE_NONE,
      queries: [
        {
          expr:
            `max(sentry_issues{${OF}, project="", substatus="escalating"})` +
            ` or sum(${parts.once('project', `sentry_issues{${OF}, substatus="escalating"}`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Targets failing',
      description: 'Targets with data that is missing or old.',
      unit: 'none',
      width: 3,
      steps: parts.BAD_ABOVE_NONE,
      queries: [
        {
          expr: `count(${TARGETS} == 0) or 0 * count(${TARGETS})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Age of the events',
      description: 'Age of the oldest answer behind the numbers of events.',
      unit: 's',
      width: 3,
      steps: parts.GOOD_BELOW(180, 600),
      queries: [
        {
          expr: 'max(sentry_probe_data_age_seconds{instance=~"$organization(/.*)?", collector="outcomes"})',
        },
      ],
    }),
  )
  .withRow(parts.row('What comes in'))
  .withPanel(
    parts.lines({
      title: 'Accepted, by category',
      description: 'Events that Sentry stores, per second; the ten largest categories.',
      unit: 'cps',
      width: 12,
      stacked: true,
      queries: [
        {
          expr: parts.highest(
            10,
            'category',
            `sum by (category) (${rate('outcome="accepted"')})`,
            `sum by (category) (${shown('outcome="accepted"')})`,
          ),
          legend: '{{category}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Errors, by outcome',
      description:
        'What becomes of errors. Filtered ones are dropped on purpose; client_discard is what SDKs' +
        ' report as dropped by themselves.',
      unit: 'cps',
      width: 12,
      stacked: true,
      queries: [
        {
          expr: `sum by (outcome) (${rate('category="error"')})`,
          legend: '{{outcome}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Projects with the most errors',
      description: 'Accepted errors per second of the ten projects with the most in the time shown.',
      unit: 'cps',
      width: 12,
      queries: [
        {
          expr: parts.highest(
            10,
            'project',
            `sum by (project) (${rate(errors('outcome="accepted"'))})`,
            `sum by (project) (${shown(errors('outcome="accepted"'))})`,
          ),
          legend: '{{project}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Projects by errors',
      description: 'The twenty projects with the most accepted errors in the time shown.',
      unit: 'short',
      width: 12,
      steps: parts.NEUTRAL,
      values: ['Errors'],
      linksToProject: true,
      queries: [
        {
          expr: `topk(20, sum by (project) (${shown(errors('outcome="accepted"'))}))`,
        },
      ],
    }),
  )
  .withRow(parts.row('What is dropped, and why'))
  .withPanel(
    parts.lines({
      title: 'Dropped, by reason',
      description:
        'Events that Sentry drops, per second, with the ten most frequent reasons: usage_exceeded is' +
        ' the quota, key_quota the limit of a client key, spike_protection a sudden surge.',
      unit: 'cps',
      width: 12,
      stacked: true,
      queries: [
        {
          expr: parts.highest(
            10,
            'reason',
            `sum by (reason) (${parts.once('category, outcome, reason', `rate(sentry_outcome_reasons_total{${OF}, ${DROPPED}}[$__rate_interval])`)})`,
            `sum by (reason) (${parts.once('category, outcome, reason', `increase(sentry_outcome_reasons_total{${OF}, ${DROPPED}}[$__range] @ end())`)})`,
          ),
          legend: '{{reason}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Projects that lose most',
      description: 'Events dropped in the time shown, by project and category; the twenty highest.',
      unit: 'short',
      width: 12,
      steps: parts.NEUTRAL,
      values: ['Dropped'],
      linksToProject: true,
      queries: [{ expr: `topk(20, sum by (project, category) (${shown(DROPPED)}))` }],
    }),
  )
  .withRow(parts.row('Quota'))
  .withPanel(
    parts.bars({
      title: 'Used of the quota',
      description: 'Share of the quota of the period that is used, by category.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      steps: parts.GOOD_BELOW(0.8, 0.9),
      queries: [
        {
          expr: `topk(20, organization:sentry_quota:used_ratio{${RECORDED}})`,
          legend: '{{category}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'How long it lasts',
      description:
        'Days until the quota is used up, and days until the next period begins, by category.',
      unit: 'd',
      width: 8,
      steps: parts.NEUTRAL,
      values: ['Days left', 'Days of the period'],
      queries: [
        { expr: `bottomk(20, organization:sentry_quota:days_left{${RECORDED}})` },
        {
          expr:
            `bottomk(20, organization:sentry_quota:days_left{${RECORDED}}) * 0` +
            ` + on (organization) group_left () organization:sentry_quota:period_days_left{${RECORDED}}`,
        },
      ],
    }),
  )
  .withPanel(
    parts.bars({
      title: 'Projects by share of accepted errors',
      description: 'Which projects use the quota: share of the accepted errors of the last day.',
      unit: 'percentunit',
      width: 8,
      steps: parts.NEUTRAL,
      queries: [
        {
          expr:
            `topk(10, sum by (project) (${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, ${errors('outcome="accepted"')}}[1d])`)})` +
            ` / on () group_left () sum(${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, ${errors('outcome="accepted"')}}[1d])`)}))`,
          legend: '{{project}}',
        },
      ],
    }),
  )
  .withRow(parts.row('What needs attention'))
  .withPanel(
    parts.rows({
      title: 'Crash-free sessions, worst first',
      description:
        'Share of the sessions of the last 24 hours that did not crash, as Sentry shows it, and what' +
        ' is left of the error budget of 30 days; the twenty worst projects.',
      unit: 'percentunit',
      width: 12,
      steps: parts.NEUTRAL,
      values: ['Crash-free', 'Budget left'],
      lowestFirst: true,
      linksToProject: true,
      queries: [
        {
          expr: `bottomk(20, ${parts.once('project', `sentry_sessions_crash_free_ratio{${OF}, window="24h"}`)})`,
        },
        {
          expr:
            `${parts.once('project', `project:sentry_crash_free:budget_left30d{${RECORDED}}`)}` +
            ` and on (project) bottomk(20, ${parts.once('project', `sentry_sessions_crash_free_ratio{${OF}, window="24h"}`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Cron monitors, failing first',
      description: '1 is good, 0 a last run that failed or is missing; twenty at most.',
      unit: 'none',
      width: 12,
      steps: ['red', [1, 'green']],
      values: ['Up'],
      lowestFirst: true,
      linksToProject: true,
      queries: [
        {
          expr: `bottomk(20, ${parts.once('project, monitor, environment', `sentry_monitor_up{${OF}}`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Uptime monitors, failing first',
      description: '1 is good, 0 a URL that fails; twenty at most.',
      unit: 'none',
      width: 12,
      steps: ['red', [1, 'green']],
      values: ['Up'],
      lowestFirst: true,
      linksToProject: true,
      queries: [
        {
          expr: `bottomk(20, ${parts.once('project, monitor, environment', `sentry_uptime_up{${OF}}`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Unresolved issues',
      description:
        'By substatus and, with `per_project`, by project; the twenty highest of those that escalate,' +
        ' came back or are new.',
      unit: 'short',
      width: 12,
      steps: parts.NEUTRAL,
      values: ['Issues'],
      linksToProject: true,
      queries: [
        {
          expr: `topk(20, ${parts.once('project, substatus', `sentry_issues{${OF}, substatus=~"escalating|regressed|new"}`)})`,
        },
      ],
    }),
  );
