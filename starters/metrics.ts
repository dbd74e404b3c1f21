export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  increment(labels: Labels): void;
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Gauge {
  /** Replaces every value. @param samples undefined: not known, so the gauge is left out */
  set(samples: readonly Sample[] | undefined): void;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  /** Left out until it is set. */
  gauge(name: string, help: string): Gauge;
  /** Prometheus' text format, version 0.0.4. */
  render(): string;
}

/** Counters of what happened here, and gauges that whoever renders has set before. */
export function createMetrics(): Metrics {
  const families: (() => string)[] = [];
  return {
    counter(name, help) {
      const values = new Map<string, Sample>();
      families.push(() => renderFamily('counter', name, help, [...values.values()]));
      return {
        increment(labels) {
          const key = formatLabels(labels);
          values.set(key, { labels, value: (values.get(key)?.value ?? 0) + 1 });
        },
      };
    },
    gauge(name, help) {
      let known: readonly Sample[] | undefined;
      families.push(() => (known ? renderFamily('gauge', name, help, known) : ''));
      return { set: (samples) => void (known = samples) };
    },
    render: () => families.map((family) => family()).join(''),
  };
}

function renderFamily(type: string, name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
