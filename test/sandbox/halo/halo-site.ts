import assert from 'node:assert/strict';
import { haloPerson } from '../../../sandbox/drive/halo-person.ts';
import { createHaloVendor } from '../../../sandbox/halo/halo-vendor.ts';
import { startFront } from '../../../sandbox/shared/front.ts';

export type Body = Readonly<Record<string, unknown>>;

export interface IssuePage {
  readonly issues: readonly Body[];
  readonly pagination: { readonly next?: string };
  readonly count?: number;
}

export type HaloSite = Awaited<ReturnType<typeof startHaloSite>>;

/** The stand-in, a live token and ways to call and drive it. The vendor's clock goes on when it is told to. */
export async function startHaloSite() {
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const key = { id: 'halo-auditor', secret: 'secret-of-the-tests' };
  const front = await startFront(createHaloVendor({ key, now }), { token: 'control' });
  const person = haloPerson({ halo: front.url, control: 'control' });

  const basic = (secret = key.secret) => `Basic ${Buffer.from(`${key.id}:${secret}`).toString('base64')}`;
  const at = (path: string) => (path.startsWith('http') ? path : `${front.url}${path}`);
  const signIn = (authorization = basic(), query = '?grant_type=client_credentials') =>
    fetch(at(`/oauth/access_token${query}`), { method: 'POST', headers: { authorization } });
  const newToken = async () => ((await (await signIn()).json()) as { access_token: string }).access_token;
  let token = await newToken();

  const call = (path: string, method = 'GET', bearer = token) =>
    fetch(at(path), {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'user-agent': 'lockkeeper-tests' },
    });

  async function get<T = Body>(path: string): Promise<T> {
    const response = await call(path);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  return {
    ...{ front, person, signIn, newToken, call, get },
    status: async (path: string) => (await call(path)).status,
    page: (path: string) => get<IssuePage>(path),
    /** Ids of all pages; `between` runs after each but the last, with what has been read. */
    async ids(
      path: string,
      between: (page: number, read: readonly string[]) => Promise<unknown> = () => Promise.resolve(),
    ) {
      const ids: string[] = [];
      let next: string | undefined = path;
      for (let n = 1; next !== undefined; n += 1) {
        const page: IssuePage = await get<IssuePage>(next);
        ids.push(...page.issues.map(({ id }) => String(id)));
        next = page.pagination.next;
        if (next !== undefined) await between(n, [...ids]);
      }
      return ids;
    },
    issue: async (id: string) => (await get<{ issue: Body }>(`/v3/issues/${id}`)).issue,
    wait(ms: number) {
      aheadMs += ms;
    },
    /** Nothing left, and a new token. */
    async reset() {
      await person.reset();
      token = await newToken();
    },
    stop: () => front.stop(),
  };
}

const textOf = (value: unknown): string => {
  assert.equal(typeof value, 'string');
  return value as string;
};

export const pathOf = (url: unknown): string => new URL(textOf(url)).pathname;

/** The newest finding of a v3 issue. */
export const latestOf = (issue: Body): string => pathOf((issue['last_finding_urls'] as unknown[]).at(-1));
