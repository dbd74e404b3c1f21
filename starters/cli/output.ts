/** Where a verb writes: text for people, or with --json one JSON value a line. */
export interface Output {
  readonly json: boolean;
  /** @param data what --json prints · @param lines what people read */
  print(data: unknown, lines: readonly string[]): void;
}

export function createOutput(json: boolean, write: (text: string) => void): Output {
  return {
    json,
    print(data, lines) {
      if (json) write(`${JSON.stringify(data)}\n`);
      else for (const line of lines) write(`${toPrintable(line)}\n`);
    },
  };
}

/** Text from outside must not steer the terminal. */
function toPrintable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** Columns as wide as their widest cell. */
export function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
