import assert from 'node:assert/strict';
import { toPublicKey } from '../../../activities/decisions/key-sets.ts';
import { noKeys } from '../../../activities/decisions/keys.ts';
import type { PublicJwk } from '../../../config/signing-keys.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import { check, grantOf, permissionWith, publish, sue } from './permission-world.ts';
import { gatewayKey, keySource, nowMs, strangerKey } from './signing.ts';

type Change = (grant: Grant) => Grant | Promise<Grant>;
const approved = () => grantOf([sue]);

describe('the guard’s keys', () => {
  const checkWith = async (change: Change, keys: readonly PublicJwk[]) =>
    check(publish, permissionWith({ grant: await change(await approved()) }), { keys: keySource(...keys) });
  const gateway = toPublicKey(gatewayKey);

  it('that are not known yet are waited for', async () => {
    await assert.rejects(
      checkWith((grant) => grant, []),
      { type: 'Unavailable', message: /is not known to this worker/ },
    );
    await assert.rejects(check(publish, permissionWith({ grant: await approved() }), { keys: noKeys }), {
      type: 'Unavailable',
    });
  });

  it('that were revoked since count for nothing, and stop the others: one may have been a revocation', async () => {
    const keys = [{ ...gateway, lk_revoked: true as const }];
    await assert.rejects(
      checkWith((grant) => grant, keys),
      { type: 'PolicyViolation', message: /was revoked/ },
    );
    const byOther = await grantOf([sue], { key: { ...strangerKey, kid: 'other' } });
    const other = { ...toPublicKey(strangerKey), kid: 'other' };
    const mixed: Change = (grant) => ({ ...byOther, envelopes: [...byOther.envelopes, ...grant.envelopes] });
    await assert.rejects(checkWith(mixed, [...keys, other]), {
      type: 'PolicyViolation',
      message: /was revoked/,
    });
  });

  it('that were replaced still stand for what they signed before', async () => {
    const at = (ms: number) => [{ ...gateway, lk_not_after: new Date(nowMs + ms).toISOString() }];
    await checkWith((grant) => grant, at(0));
    await assert.rejects(
      checkWith((grant) => grant, at(-60_000)),
      { message: /was replaced/ },
    );
  });

  it('of Jira do not speak for Slack', async () => {
    const keys = [{ ...gateway, lk_via: ['jira' as const] }];
    await assert.rejects(
      checkWith((grant) => grant, keys),
      { message: /may not speak for slack/ },
    );
  });
});
