// What the dashboards are made of: variables, links, and panels with our defaults.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

const DATASOURCE: dashboard.DataSourceRef = { type: 'prometheus', uid: '${datasource}' };
const TAG = 'sentry_exporter';

/**
 * How often the rates of a panel have new samples, at most: Prometheus' default, and the README's.
 * It belongs to each query, as $__rate_interval is made of it; without it that is made of what the
 * data source states, 15 s by default, and most windows have a single sample.
 */
const SCRAPE_INTERVAL = '1m';

/** Any number of series, but at most so many in a panel. */
export const MOST_SERIES = 20;

export interface Query {
  expr: string;
  legend?: string;
}

/** What every panel states. */
interface Panel {
  title: string;
  description: string;
  unit: string;
  queries: Query[];
  width: number;
}

/** The value from which a panel is of a colour; the first has none. */
export type Steps = [string, ...[number, string][]];

export const GOOD_BELOW = (warning: number, bad: number): Steps => [
  'green',
  [warning, 'yellow'],
  [bad, 'red'],
];
export const GOOD_ABOVE = (bad: number, warning: number): Steps => [
  'red',
  [bad, 'yellow'],
  [warning, 'green'],
];
export const BAD_ABOVE_NONE: Steps = ['green', [1, 'red']];
export const NEUTRAL: Steps = ['blue'];

function thresholds(steps: Steps): cog.Builder<dashboard.ThresholdsConfig> {
  const [first, ...others] = steps;
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([
      { value: null, color: first },
      ...others.map(([value, color]) => ({ value, color })),
    ]);
}

function target(query: Query, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .expr(query.expr)
    .legendFormat(query.legend ?? '')
    .datasource(DATASOURCE);
}

export interface Lines extends Panel {
  stacked?: boolean;
  max?: number;
}

/** Lines over time. */
export function lines(panel: Lines): timeseries.PanelBuilder {
  const builder = new timeseries.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .min(0)
    .span(panel.width)
    .height(8)
    .fillOpacity(panel.stacked ? 40 : 8)
    .lineWidth(1)
    .showPoints(common.VisibilityMode.Never)
    .stacking(
      new common.StackingConfigBuilder().mode(
        panel.stacked ? common.StackingMode.Normal : common.StackingMode.None,
      ),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (panel.max !== undefined) {
    builder.max(panel.max);
  }
  panel.queries.forEach((query, index) => 
    builder.withTarget(target(query, index).range().interval(SCRAPE_INTERVAL)),
  );
  return builder;
}

export interface Number extends Panel {
  steps: Steps;
  decimals?: number;
  none?: string;
}

/** One number, of now. */
export function number(panel: Number): stat.PanelBuilder {
  const builder = new stat.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .span(panel.width)
    .height(4)
    .thresholds(thresholds(panel.steps))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue(panel.none ?? 'no data');
  if (panel.decimals !== undefined) {
    builder.decimals(panel.decimals);
  }
  panel.queries.forEach((query, index) => builder.withTarget(target(query, index).instant()));
  return builder;
}

export interface Bars extends Panel {
  steps: Steps;
  max?: number;
}

/** A bar for each series, of now. */
export function bars(panel: Bars): bargauge.PanelBuilder {
  const builder = new bargauge.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .min(0)
    .span(panel.width)
    .height(8)
    .thresholds(thresholds(panel.steps))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue('no data');
  if (panel.max !== undefined) {
    builder.max(panel.max);
  }
  panel.queries.forEach((query, index) => builder.withTarget(target(query, index).instant()));
  return builder;
}

export interface Rows extends Panel {
  /** What the value of each query is called, in order. */
  values: string[];
  /** Units of the values that have another one than the panel. */
  units?: Record<string, string>;
  steps: Steps;
  lowestFirst?: boolean;
  /** Whether the column `project` leads to the dashboard of the project. */
  linksToProject?: boolean;
}

/** A row for each series, of now, with the queries' values in columns. */
export function rows(panel: Rows): table.PanelBuilder {
  const builder = new table.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .span(panel.width)
    .height(8)
    .thresholds(thresholds(panel.steps))
    .noValue('none');
  panel.queries.forEach((query, index) =>
    builder.withTarget(
      target(query, index).instant().format(prometheus.PromQueryFormat.Table),
    ),
  );
  const names = Object.fromEntries(
    panel.values.map((name, index) => [
      panel.values.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + index)}`,
      name,
    ]),
  );
  builder
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, renameByName: names },
    })
    .sortBy([
      new common.TableSortByFieldStateBuilder()
        .displayName(panel.values[0]!)
        .desc(!panel.lowestFirst),
    ]);
  panel.values.forEach((name) => {
    const properties: dashboard.DynamicConfigValue[] = [
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ];
    const unit = panel.units?.[name];
    if (unit !== undefined) {
      properties.push({ id: 'unit', value: unit });
    }
    builder.overrideByName(name, properties);
  });
  if (panel.linksToProject) {
    builder.overrideByName('project', [
      {
        id: 'links',
        value: [
          {
            title: 'Dashboard of the project',
            url:
              '/d/sentry-project?${__url_time_range}&var-datasource=${datasource}' +
              '&var-organization=${organization}&var-project=${__value.raw}',
          },
        ],
      },
    ]);
  }
  return builder;
}

export function row(title: string): dashboard.RowBuilder {
  return new dashboard.RowBuilder(title);
}

/** Series of a metric's `labels`, the same from two targets or two exporters being one. */
export function once(labels: string, expr: string): string {
  return `max by (${labels}) (${expr})`;
}

/**
 * The series with the highest values over the whole time shown, and no others: topk alone takes
 * other series at each point in time.
 */
export function highest(count: number, by: string, shown: string, compared: string): string {
  return `${shown} and on (${by}) topk(${count}, ${compared})`;
}

export function variable(
  name: string,
  label: string,
  description: string,
  query: string,
  all: boolean,
): cog.Builder<dashboard.VariableModel> {
  const builder = new dashboard.QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
  return all
    ? builder
        .includeAll(true)
        .allValue('.*')
        .current({ selected: true, text: 'All', value: '$__all' })
    : builder;
}

/** A dashboard with its data source, its other variables, links to the others, and panels. */
export function board(
  uid: string,
  title: string,
  description: string,
  variables: cog.Builder<dashboard.VariableModel>[],
): dashboard.DashboardBuilder {
  const builder = new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .editable()
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(
      new dashboard.DatasourceVariableBuilder('datasource')
        .label('Prometheus')
        .description('The Prometheus that scrapes the exporter and has its rules')
        .type('prometheus'),
    )
    .link(
      new dashboard.DashboardLinkBuilder('Sentry')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    );
  variables.forEach((each) => builder.withVariable(each));
  return builder;
}
