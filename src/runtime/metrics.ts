/**
 * Owns the counts of this process: counters, gauges and histograms of the table in `metric-table.ts`, and their text
 * in Prometheus' exposition format 0.0.4. Asking for a series costs a map look-up, counting costs an addition: keep
 * the series where the path is hot.
 */

import {
  type CounterName,
  type GaugeName,
  type HistogramDefinition,
  type HistogramName,
  METRICS,
  type MetricDefinition,
  type MetricName,
} from './metric-table.js';

/** Label values come partly from outside; beyond this many series of one metric the rest is counted as `other`. */
const SERIES_PER_METRIC_MAX = 256;

export class Counter {
  value = 0;
  /** `count` must not be negative. */
  add(count = 1): void {
    this.value += count;
  }
}

export class Gauge {
  value = 0;
  set(value: number): void {
    this.value = value;
  }
  add(count: number): void {
    this.value += count;
  }
}

export class Histogram {
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(readonly buckets: readonly number[]) {
    this.counts = new Array<number>(buckets.length).fill(0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    for (let index = 0; index < this.buckets.length; index++) {
      if (value > (this.buckets[index] ?? 0)) continue;
      this.counts[index] = (this.counts[index] ?? 0) + 1;
      return;
    }
  }
}

type Series = Counter | Gauge | Histogram;

interface Labelled {
  readonly labels: readonly string[];
  readonly series: Series;
}

/** One instance per process (or per simulated node). */
export class Metrics {
  private readonly families = new Map<MetricName, Map<string, Labelled>>();
  private readonly collectors = new Set<() => void>();

  /** `labels`: one value for each label name of the table, in its order. */
  counter(name: CounterName, ...labels: readonly string[]): Counter {
    return this.series(name, labels, () => new Counter(), Counter);
  }

  gauge(name: GaugeName, ...labels: readonly string[]): Gauge {
    return this.series(name, labels, () => new Gauge(), Gauge);
  }

  histogram(name: HistogramName, ...labels: readonly string[]): Histogram {
    const definition: HistogramDefinition = METRICS[name];
    return this.series(name, labels, () => new Histogram(definition.buckets), Histogram);
  }

  /** `collect` sets gauges just before each exposition, for values that are cheaper to ask than to keep. Returns the stop function. */
  onCollect(collect: () => void): () => void {
    this.collectors.add(collect);
    return () => this.collectors.delete(collect);
  }

  /** Sum over all series of a counter. */
  total(name: CounterName): number {
    let sum = 0;
    for (const { series } of this.families.get(name)?.values() ?? [])
      if (series instanceof Counter) sum += series.value;
    return sum;
  }

  /** The exposition: content type `text/plain; version=0.0.4; charset=utf-8`. Metrics without labels are always there. */
  text(): string {
    for (const collect of this.collectors) collect();
    const lines: string[] = [];
    for (const [name, definition] of metricEntries()) {
      const family = this.families.get(name);
      if (family === undefined && definition.labels.length > 0) continue;
      lines.push(`# HELP ${name} ${definition.help}`, `# TYPE ${name} ${definition.kind}`);
      if (family === undefined) lines.push(...seriesLines(name, definition, [], emptySeries(definition)));
      else
        for (const { labels, series } of family.values())
          lines.push(...seriesLines(name, definition, labels, series));
    }
    return `${lines.join('\n')}\n`;
  }

  private series<S extends Series>(
    name: MetricName,
    labels: readonly string[],
    create: () => S,
    kind: new (buckets: readonly number[]) => S,
  ): S {
    const { length } = METRICS[name].labels;
    if (labels.length !== length)
      throw new RangeError(`${name} takes ${length} labels, got ${labels.length}`);
    let family = this.families.get(name);
    if (family === undefined) {
      family = new Map();
      this.families.set(name, family);
    }
    const found = family.get(labels.join('\n'));
    if (found !== undefined && found.series instanceof kind) return found.series;
    const full = family.size >= SERIES_PER_METRIC_MAX && !labels.every((label) => label === 'other');
    if (full)
      return this.series(
        name,
        labels.map(() => 'other'),
        create,
        kind,
      );
    const series = create();
    family.set(labels.join('\n'), { labels, series });
    return series;
  }
}

function metricEntries(): [MetricName, MetricDefinition][] {
  return Object.entries(METRICS) as [MetricName, MetricDefinition][];
}

function emptySeries(definition: MetricDefinition): Series {
  if (definition.kind === 'counter') return new Counter();
  return definition.kind === 'gauge' ? new Gauge() : new Histogram(definition.buckets);
}

function seriesLines(
  name: string,
  definition: MetricDefinition,
  values: readonly string[],
  series: Series,
): string[] {
  const pairs = definition.labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? '')}"`);
  if (!(series instanceof Histogram)) return [`${name}${braces(pairs)} ${numberText(series.value)}`];
  let cumulative = 0;
  const buckets = series.buckets.map((bound, index) => {
    cumulative += series.counts[index] ?? 0;
    return `${name}_bucket${braces([...pairs, `le="${numberText(bound)}"`])} ${cumulative}`;
  });
  return [
    ...buckets,
    `${name}_bucket${braces([...pairs, 'le="+Inf"'])} ${series.count}`,
    `${name}_sum${braces(pairs)} ${numberText(series.sum)}`,
    `${name}_count${braces(pairs)} ${series.count}`,
  ];
}

function braces(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
