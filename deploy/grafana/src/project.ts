// One project: its events, releases, crash-free sessions with their budget, issues and monitors.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as parts from './parts';

const OF = 'instance=~"$instance", organization="$organization", project="$project"';
const RECORDED = 'organization="$organization", project="$project"';
const OUTCOME = 'category, outcome';

const rate = (labels: string) =>
  parts.once(OUTCOME, `rate(sentry_outcomes_total{${OF}, ${labels}}[$__rate_interval])`);

/** A mark where a release was created; the time is the value of the series. */
const releases: cog.Builder<dashboard.AnnotationQuery> = {
  build: () => {
    const query = new dashboard.AnnotationQueryBuilder()
      .name('Releases')
      .enable(true)
      .iconColor('blue')
      .datasource({ type: 'prometheus', uid: '${datasource}' })
      .expr(
        `topk(${parts.MOST_SERIES}, ${parts.once('release', `sentry_release_created_timestamp_seconds{${OF}}`)}) * 1000`,
      )
      .build();
    const prometheus = { useValueForTime: 'on', titleFormat: '{{release}}', step: '60s' };
    return { ...query, ...prometheus };
  },
};

export const project = parts
  .board(
    'sentry-project',
    'Sentry / Project',
    'A project of Sentry: events by outcome, releases as marks and by adoption, crash-free sessions' +
      ' with their error budget, issues and monitors.',
    [
      parts.variable(
        'organization',
        'Organization',
        "The organization's slug",
        'label_values(sentry_project_info, organization)',
        false,
      ),
      parts.variable(
        'project',
        'Project',
        "The project's slug",
        'label_values(sentry_project_info{organization="$organization"}, project)',
        false,
      ),
      parts.variable(
        'instance',
        'Target',
        'The target whose probes are shown; all of them count once',
        'label_values(sentry_project_info{organization="$organization", project="$project"}, instance)',
        true,
      ),
    ],
  )
  .annotation(releases)
  .withRow(parts.row('Now'))
  .withPanel(
    parts.number({
      title: 'Errors accepted',
      description: 'Errors that Sentry stores, per second, in the last ten minutes.',
      unit: 'cps',
      width: 4,
      decimals: 2,
      steps: parts.NEUTRAL,
      queries: [
        {
          expr: `sum(${parts.once(OUTCOME, `rate(sentry_outcomes_total{${OF}, category="error", outcome="accepted"}[10m])`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Errors dropped',
      description:
        'Errors of the last hour that Sentry dropped: a quota, a rate limit, or not valid.',
      unit: 'short',
      width: 4,
      decimals: 0,
      steps: parts.GOOD_BELOW(10, 100),
      queries: [
        {
          expr: `sum(${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, category="error", outcome=~"rate_limited|abuse|cardinality_limited|invalid"}[1h])`)})`,
        },
      ],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Crash-free sessions',
      description: "Of the last 24 hours, as on Sentry's pages.",
      unit: 'percentunit',
      width: 4,
      decimals: 2,
      steps: parts.GOOD_ABOVE(0.99, 0.995),
      none: 'no sessions',
      queries: [{ expr: `max(sentry_sessions_crash_free_ratio{${OF}, window="24h"})` }],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Error budget left',
      description:
        'Share of the crashes that the objective allows in 30 days that have not yet happened; below' +
        ' 0 it is spent. It counts what Prometheus has seen.',
      unit: 'percentunit',
      width: 4,
      decimals: 0,
      steps: parts.GOOD_ABOVE(0, 0.25),
      none: 'no sessions',
      queries: [{ expr: `project:sentry_crash_free:budget_left30d{${RECORDED}}` }],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Active users',
      description: 'Distinct users with sessions in the last 24 hours.',
      unit: 'short',
      width: 4,
      steps: parts.NEUTRAL,
      none: 'no sessions',
      queries: [{ expr: `max(sentry_users_active{${OF}, window="24h"})` }],
    }),
  )
  .withPanel(
    parts.number({
      title: 'Monitors failing',
      description: 'Cron and uptime monitors of the project that report a failure.',
      unit: 'none',
      width: 4,
      steps: parts.BAD_ABOVE_NONE,
      none: 'no monitors',
      queries: [
        {
          expr:
            `count(${parts.once('monitor, environment', `{__name__=~"sentry_monitor_up|sentry_uptime_up", ${OF}}`)} == 0)` +
            ` or 0 * count({__name__=~"sentry_monitor_up|sentry_uptime_up", ${OF}})`,
        },
      ],
    }),
  )
  .withRow(parts.row('Events'))
  .withPanel(
    parts.lines({
      title: 'Errors, by outcome',
      description: 'What becomes of the errors of the project. Blue marks are releases.',
      unit: 'cps',
      width: 12,
      stacked: true,
      queries: [{ expr: `sum by (outcome) (${rate('category="error"')})`, legend: '{{outcome}}' }],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Accepted, by category',
      description: 'Everything that Sentry stores of the project; the ten largest categories.',
      unit: 'cps',
      width: 12,
      queries: [
        {
          expr: parts.highest(
            10,
            'category',
            `sum by (category) (${rate('outcome="accepted"')})`,
            `sum by (category) (${parts.once(OUTCOME, `increase(sentry_outcomes_total{${OF}, outcome="accepted"}[$__range] @ end())`)})`,
          ),
          legend: '{{category}}',
        },
      ],
    }),
  )
  .withRow(parts.row('Release health'))
  .withPanel(
    parts.lines({
      title: 'Crashed sessions against the objective',
      description:
        'Share of the sessions that crash, over 20 minutes, one hour and six hours, and what the' +
        ' objective allows.',
      unit: 'percentunit',
      width: 12,
      queries: [
        { expr: `project:sentry_sessions_crashed:ratio_rate20m{${RECORDED}}`, legend: '20 minutes' },
        { expr: `project:sentry_sessions_crashed:ratio_rate1h{${RECORDED}}`, legend: '1 hour' },
        { expr: `project:sentry_sessions_crashed:ratio_rate6h{${RECORDED}}`, legend: '6 hours' },
        { expr: `1 - project:sentry_crash_free:objective{${RECORDED}}`, legend: 'allowed' },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Adoption of releases',
      description: 'Share of the sessions that run a release; the ten most adopted.',
      unit: 'percentunit',
      width: 12,
      max: 1,
      queries: [
        {
          expr: parts.highest(
            10,
            'release',
            parts.once('release', `sentry_release_adoption_ratio{${OF}}`),
            parts.once('release', `max_over_time(sentry_release_adoption_ratio{${OF}}[$__range] @ end())`),
          ),
          legend: '{{release}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Releases',
      description:
        'The newest and the most adopted releases: crash-free sessions, and issues that were first' +
        ' seen in them.',
      unit: 'percentunit',
      width: 12,
      steps: parts.NEUTRAL,
      values: ['Crash-free', 'New issues'],
      units: { 'New issues': 'short' },
      queries: [
        { expr: `bottomk(20, ${parts.once('release', `sentry_release_crash_free_ratio{${OF}}`)})` },
        { expr: `topk(20, ${parts.once('release', `sentry_release_new_issues{${OF}}`)})` },
      ],
    }),
  )
  .withPanel(
    parts.lines({
      title: 'Sessions',
      description: 'Sessions per second, and how they ended other than well.',
      unit: 'cps',
      width: 12,
      queries: [
        { expr: `max(rate(sentry_sessions_total{${OF}}[20m]))`, legend: 'all' },
        { expr: `max(rate(sentry_sessions_errored_total{${OF}}[20m]))`, legend: 'with errors' },
        { expr: `max(rate(sentry_sessions_crashed_total{${OF}}[20m]))`, legend: 'crashed' },
        { expr: `max(rate(sentry_sessions_abnormal_total{${OF}}[20m]))`, legend: 'abnormal' },
      ],
    }),
  )
  .withRow(parts.row('Issues and monitors'))
  .withPanel(
    parts.lines({
      title: 'Unresolved issues, by substatus',
      description: 'With `issues: {per_project: true}` in the configuration of the exporter.',
      unit: 'short',
      width: 8,
      stacked: true,
      queries: [
        {
          expr: parts.once('substatus', `sentry_issues{${OF}}`),
          legend: '{{substatus}}',
        },
      ],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Issues with the most events',
      description:
        'Short ids as in Sentry, with the events of the window; with `issues: {top: 10}` in the' +
        ' configuration of the exporter.',
      unit: 'short',
      width: 8,
      steps: parts.NEUTRAL,
      values: ['Events'],
      queries: [{ expr: `topk(20, ${parts.once('short_id', `sentry_issue_events{${OF}}`)})` }],
    }),
  )
  .withPanel(
    parts.rows({
      title: 'Monitors',
      description:
        'Cron and uptime monitors, failing first: 1 is good, 0 is not; with the seconds since the' +
        ' last check-in.',
      unit: 'none',
      width: 8,
      steps: ['red', [1, 'green']],
      values: ['Up', 'Last check-in'],
      lowestFirst: true,
      units: { 'Last check-in': 's' },
      queries: [
        {
          expr: `bottomk(20, ${parts.once('monitor, environment', `{__name__=~"sentry_monitor_up|sentry_uptime_up", ${OF}}`)})`,
        },
        {
          expr: `topk(20, time() - ${parts.once('monitor, environment', `sentry_monitor_last_checkin_timestamp_seconds{${OF}}`)})`,
        },
      ],
    }),
  );
