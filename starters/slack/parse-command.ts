/** What somebody typed after `/lockkeeper`. */
export type SlackCommand =
  | { readonly verb: 'inbox' }
  | { readonly verb: 'help'; readonly problem?: string }
  | { readonly verb: 'status'; readonly ticket: string | undefined }
  | { readonly verb: 'freeze'; readonly forMs: number; readonly reason: string }
  | { readonly verb: 'thaw'; readonly words: readonly string[] };

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const longestMs = 90 * 86_400_000;

export const help = [
  '`/lockkeeper inbox` what waits for you',
  '`/lockkeeper status [ticket]` what runs and what is held, or how one ticket stands',
  '`/lockkeeper freeze <duration> <reason>` hold every promotion, such as `freeze 2h database restore`',
  '`/lockkeeper thaw [id] <reason>` lift a hold; the id only when there are several',
].join('\n');

export function parseCommand(text: string): SlackCommand {
  const words = text.split(/\s+/).filter(Boolean);
  const [verb = 'help', ...rest] = words;
  switch (verb.toLowerCase()) {
    case 'inbox':
      return { verb: 'inbox' };
    case 'status':
      return rest.length > 1 ? unclear('status takes one ticket') : { verb: 'status', ticket: rest[0] };
    case 'freeze':
      return parseFreeze(rest);
    case 'thaw':
      return rest.length === 0 ? unclear('thaw needs a reason') : { verb: 'thaw', words: rest };
    case 'help':
      return { verb: 'help' };
    default:
      return unclear('I do not know that');
  }
}

function parseFreeze([duration = '', ...reason]: readonly string[]): SlackCommand {
  const forMs = parseDuration(duration);
  if (forMs === undefined)
    return unclear('freeze needs a duration first, from 1m to 90d: 30m, 2h, 1h30m, 3d');
  if (reason.length === 0) return unclear('freeze needs a reason');
  return { verb: 'freeze', forMs, reason: reason.join(' ') };
}

/** `30m`, `1h30m`, `3d`, `1w`. @returns milliseconds; undefined when it is none, or longer than 90 days */
function parseDuration(text: string): number | undefined {
  if (!/^([0-9]{1,4}[mhdw])+$/.test(text)) return undefined;
  const parts = text.match(/[0-9]+[mhdw]/g) ?? [];
  const ms = parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * (unitMs[part.slice(-1)] ?? 0), 0);
  return ms > 0 && ms <= longestMs ? ms : undefined;
}

function unclear(problem: string): SlackCommand {
  return { verb: 'help', problem };
}
