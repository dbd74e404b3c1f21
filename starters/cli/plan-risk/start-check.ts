import { NotAPlan } from './not-a-plan.ts';

const showJson = 'give the output of `terraform show -json PLANFILE`';

/** What people give instead of a plan, by how it begins. */
const mistakes: readonly (readonly [start: RegExp, what: string])[] = [
  [/^PK/, `it is a saved plan in Terraform’s own format: ${showJson}`],
  [
    /^\[command\]/,
    'it begins with a line of the setup-terraform wrapper: set terraform_wrapper to false, or call terraform-bin',
  ],
  [/^\[/, `it is a JSON array: ${showJson}`],
  [
    /^(\p{Cc}\[|Terraform|OpenTofu|No changes|Acquiring|data\.|\w+\.\w+)/u,
    `it is a plan for people: ${showJson}`,
  ],
];

/** So many bytes tell what was given. */
const enough = 64;

/** Looks at the first bytes of what should be a JSON object, however few come at a time. */
export function createStartCheck() {
  let start = '';
  return {
    /** @returns whether the chunk belongs to an object · @throws NotAPlan as soon as it is clear that there is none */
    check(chunk: Buffer): boolean {
      if (start === '{') return true;
      const seen = (start + chunk.toString('latin1', 0, 4096)).trimStart();
      start = seen.startsWith('{') ? '{' : seen;
      if (start !== '{' && start.length >= enough) throw explain(start);
      return start === '{';
    },
    /** @throws NotAPlan when there was no object */
    end(): void {
      if (start !== '{') throw explain(start);
    },
  };
}

function explain(start: string): NotAPlan {
  if (start === '') return new NotAPlan('it is empty');
  const known = mistakes.find(([pattern]) => pattern.test(start));
  return new NotAPlan(known?.[1] ?? `it is no JSON object: ${showJson}`);
}
