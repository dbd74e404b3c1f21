/** Fixed message plus fields; one JSON object a line. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** @param write takes one line, such as `process.stderr.write` */
export function createJsonLog(write: (line: string) => void, now: () => number = Date.now): Log {
  return (level, message, fields = {}) => {
    const at = new Date(now()).toISOString();
    write(`${JSON.stringify({ at, level, message, ...fields })}\n`);
  };
}
