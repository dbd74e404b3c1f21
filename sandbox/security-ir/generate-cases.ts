import { z } from 'zod';
import type { CaseStore, NewCase } from './case-store.ts';
import { responder } from './model.ts';
import { readForm } from './forms.ts';

const Seed = z.strictObject({
  /** How many open cases. */
  cases: z.int().min(0).max(100_000),
  /** Another seed, other texts. */
  seed: z.int().default(1),
  /** Share of them that AWS supports. */
  supported: z.number().min(0).max(1).default(0.5),
  /** They reach EventBridge as well. */
  events: z.boolean().default(false),
});
export type SeedInput = z.input<typeof Seed>;

const subjects = [
  'Unusual console sign-ins',
  'Public bucket with customer data',
  'Outbound traffic to a known command server',
  'Leaked access key in a public repository',
  'Root user without MFA was used',
  'Instance mines cryptocurrency',
];
const services = ['Amazon EC2', 'Amazon S3', 'AWS IAM', 'AWS Lambda'];
const regions = ['us-east-1', 'eu-central-1', 'eu-west-1'];

/** Many open cases with made-up texts: the same seed makes the same ones. @returns their ids */
export function generateCases(store: CaseStore, input: unknown): { readonly ids: readonly string[] } {
  const { cases, seed, supported, events } = readForm(Seed, input);
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const start = store.seconds();
  const ids = Array.from({ length: cases }, (_, index) => {
    const subject = pick(subjects);
    const given: NewCase = {
      title: `${subject} (${index + 1})`,
      description: `${subject}. Found by monitoring; see finding ${Math.floor(random() * 1e9)}.`,
      engagementType: random() < 0.7 ? 'Security Incident' : 'Investigation',
      resolverType: random() < supported ? 'AWS' : 'Self',
      reportedIncidentStartDate: start - Math.floor(random() * 86_400),
      impactedAccounts: [String(100_000_000_000 + Math.floor(random() * 1e11))],
      impactedAwsRegions: [{ region: pick(regions) }],
      impactedServices: [pick(services)],
      threatActorIpAddresses: [],
      watchers: [{ email: 'sofia@example.com', name: 'Sofia Lind' }],
      tags: {},
    };
    return store.add(given, responder, { silent: !events }).caseId;
  });
  return { ids };
}

/** mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
