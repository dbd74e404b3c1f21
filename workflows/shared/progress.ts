/** The answer of the `status` query, of the same shape in every process (design §6). */
export interface ProgressReport {
  readonly process: string;
  readonly phase: string;
  readonly ticket: string | null;
  /** What is being changed, such as `agent 1.4.2`. */
  readonly target: string | null;
  /** Code of at most 80 characters: `person:<group>`, `turn:<n>`, `pipeline`, `instance`, `<system>:<failure type>`; empty while it works. */
  readonly waitingOn: string;
  /** ISO 8601 UTC; null when nothing falls due. */
  readonly dueBy: string | null;
  readonly steps: readonly ProgressStep[];
  /** Events that were malformed and ignored. */
  readonly ignored: number;
}

export interface ProgressStep {
  readonly name: string;
  readonly state: 'open' | 'running' | 'done' | 'failed' | 'skipped';
  readonly note: string;
}

const marks: Record<ProgressStep['state'], string> = {
  open: '☐',
  running: '▶',
  done: '☑',
  failed: '✗',
  skipped: '–',
};

/** The checklist in the Web UI, Markdown. External text is put in code spans, without backticks or line breaks. */
export function toChecklist(report: ProgressReport): string {
  const head = report.waitingOn ? `**Waits for** ${code(report.waitingOn)}\n\n` : '';
  const due = report.dueBy ? `\nDue by ${report.dueBy}\n` : '';
  const rows = report.steps.map(
    (step) => `- ${marks[step.state]} ${step.name}${step.note ? ` ${code(step.note)}` : ''}`,
  );
  return `${head}${rows.join('\n')}\n${due}`;
}

function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, ' ').slice(0, 200)}\``;
}
