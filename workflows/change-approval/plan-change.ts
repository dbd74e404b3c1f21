import { oneLine } from './one-line.ts';

type Members = Readonly<Record<string, unknown>>;

/** What a plan does to one object. `forget` leaves it where it is and only ends Terraform's care for it. */
export type PlanAction =
  'no-op' | 'read' | 'create' | 'update' | 'delete' | 'replace' | 'forget' | 'create-and-forget' | 'unknown';

/** One element of `resource_changes`, as far as the rules need it. */
export interface PlanChange {
  /** Made fit to print; external text all the same, for keys of `for_each` are in it. */
  readonly address: string;
  readonly type: string;
  readonly action: PlanAction;
  /** As the plan has them. */
  readonly actions: readonly string[];
  readonly deposed: boolean;
  readonly before: unknown;
  readonly after: unknown;
  /** True where the value is known only after the apply; the shape of `after` otherwise. */
  readonly unknown: unknown;
  /** True where the value is sensitive; the shape of `before` and `after` otherwise. */
  readonly sensitive: readonly unknown[];
  /** Paths of the attributes that force a replace. */
  readonly replacePaths: readonly (readonly (string | number)[])[];
}

/** Of a reason's address, UTF-16 units. */
const maxAddressLength = 300;

/** By the sequences that Terraform 0.12 to 1.15 and OpenTofu write; everything else is unknown, and so risky. */
const actionOf: Readonly<Record<string, PlanAction>> = {
  'no-op': 'no-op',
  read: 'read',
  // of OpenTofu, and of ephemeral resources only: what is opened is closed again
  open: 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
  'delete,create': 'replace',
  'create,delete': 'replace',
  forget: 'forget',
  'create,forget': 'create-and-forget',
  'forget,create': 'create-and-forget',
};

/** @returns undefined for what is no resource change of a known form */
export function parsePlanChange(element: unknown): PlanChange | undefined {
  const { change, type, deposed, mode } = membersOf(element);
  const { actions } = membersOf(change);
  if (typeof type !== 'string' || !isTexts(actions)) return undefined;
  const { before, after, after_unknown, before_sensitive, after_sensitive, replace_paths } =
    membersOf(change);
  return {
    address: addressOf(element),
    type,
    action: toAction(actions, mode),
    actions,
    deposed: typeof deposed === 'string' && deposed !== '',
    before,
    after,
    unknown: after_unknown,
    sensitive: [before_sensitive, after_sensitive],
    replacePaths: Array.isArray(replace_paths) ? replace_paths.filter(isPath) : [],
  };
}

/** Also of an element that has no form: people must be able to find it. */
export function addressOf(element: unknown): string {
  const { address, deposed } = membersOf(element);
  const name = typeof address === 'string' && address !== '' ? address : '(no address)';
  if (typeof deposed !== 'string' || deposed === '') return oneLine(name, maxAddressLength);
  const suffix = ` (deposed ${oneLine(deposed, 20)})`;
  return `${oneLine(name, maxAddressLength - suffix.length)}${suffix}`;
}

/** Terraform 0.12 removes what it read of a data source from its state with a `delete`; nothing else goes away. */
function toAction(actions: readonly string[], mode: unknown): PlanAction {
  const sequence = actions.join(',');
  const action = Object.hasOwn(actionOf, sequence) ? actionOf[sequence] : undefined;
  if (action === undefined || (sequence === 'open' && mode !== 'ephemeral')) return 'unknown';
  if (mode !== 'data') return action;
  if (action === 'no-op') return action;
  return action === 'read' || action === 'delete' ? 'read' : 'unknown';
}

export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPath(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((step) => typeof step === 'string' || typeof step === 'number');
}
