export interface Counter {
  increment(labels: Readonly<Record<string, string>>): void;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  /** Prometheus' text format, version 0.0.4. */
  render(): string;
}

/** Counters are all that the starters need: Temporal's own metrics say the rest. */
export function createMetrics(): Metrics {
  const families: { name: string; help: string; values: Map<string, number> }[] = [];
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      families.push({ name, help, values });
      return {
        increment(labels) {
          const key = formatLabels(labels);
          values.set(key, (values.get(key) ?? 0) + 1);
        },
      };
    },
    render: () =>
      families
        .map(({ name, help, values }) => {
          const lines = [...values].map(([labels, value]) => `${name}{${labels}} ${value}\n`);
          return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`;
        })
        .join(''),
  };
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, ' ')}"`)
    .join(',');
}
