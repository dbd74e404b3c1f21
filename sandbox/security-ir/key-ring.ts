import type { SandboxAws } from '../aws/start-aws.ts';

export interface KnownKey {
  readonly secretAccessKey: string;
  /** Null: the key of a user, which has none. */
  readonly sessionToken: string | null;
  /** As STS names the caller. */
  readonly principalArn: string;
  readonly accountId: string;
  /** Seconds since 1970; null: it does not end. */
  readonly expiration: number | null;
}

/** Whose keys there are and what they may do. */
export interface KeyRing {
  find(accessKeyId: string): Promise<KnownKey | undefined>;
  isAllowed(accessKeyId: string, action: string, resource: string): Promise<boolean>;
}

/** An answer about rights is believed for so long: one question a second and action, not one a call. */
const believedMs = 1_000;

type Found = ({ readonly found: true } & KnownKey) | { readonly found: false };

/** The emulator's users and sessions, and its evaluation of their policies: the same papers as for every other service. */
export function emulatorKeys({ ask, provisioned }: Pick<SandboxAws, 'ask' | 'provisioned'>): KeyRing {
  const { region } = provisioned;
  const keys = new Map<string, KnownKey>();
  const rights = new Map<string, { readonly until: number; readonly allowed: Promise<boolean> }>();

  return {
    async find(accessKeyId) {
      const known = keys.get(accessKeyId);
      if (known) return known;
      const found = await ask<Found>('credential', { accessKeyId, region });
      if (!found.found) return undefined;
      keys.set(accessKeyId, found);
      return found;
    },
    isAllowed(accessKeyId, action, resource) {
      const question = `${accessKeyId} ${action} ${resource}`;
      const asked = rights.get(question);
      if (asked && asked.until > Date.now()) return asked.allowed;
      const answer = ask<{ readonly allowed: boolean }>('authorize', {
        ...{ accessKeyId, action, resource, region },
      });
      const allowed = answer.then((given) => given.allowed);
      rights.set(question, { until: Date.now() + believedMs, allowed });
      return allowed;
    },
  };
}
