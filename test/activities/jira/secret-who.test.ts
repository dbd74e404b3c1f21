import assert from 'node:assert/strict';
import { changerOf, namedTicketOf, ownersOf, type WhoRules } from '../../../activities/jira/secrets/who.ts';
import type { Actor } from '../../../workflows/secret-audit/messages.ts';
import { actor, eventOf, role } from '../../policy/secret-audit/facts.ts';

const sso =
  'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef';
const rules: WhoRules = {
  project: 'SECCHG',
  principals: [
    { arn: 'arn:aws:sts::*:assumed-role/admin/mia', person: 'mia' },
    { arn: 'arn:aws:iam::*:user/old-*', person: 'dana' },
  ],
  owners: [
    { secrets: 'prod/*', people: ['dana'] },
    { secrets: '*', people: ['lee'] },
  ],
  people: [
    { name: 'sam', email: 'sam@example.com' },
    { name: 'mia', email: 'mia@example.com' },
    { name: 'bot' },
  ],
};

describe('who changed a secret', () => {
  const table: readonly (readonly [what: string, part: Partial<Actor>, person: string | null])[] = [
    ['a principal of the rules', {}, 'mia'],
    ['another session of the same role', { arn: 'arn:aws:sts::1:assumed-role/admin/sam' }, null],
    ['an IAM user of the rules', { arn: 'arn:aws:iam::123456789012:user/old-dana' }, 'dana'],
    ['Identity Center, by e-mail', { arn: 'x', roleArn: sso, sessionName: 'Sam@example.com' }, 'sam'],
    ['Identity Center, of nobody here', { arn: 'x', roleArn: sso, sessionName: 'eve@example.com' }, null],
    [
      'an e-mail that anybody may choose',
      { arn: 'x', roleArn: role('admin'), sessionName: 'sam@example.com' },
      null,
    ],
    ['a person without e-mail', { arn: 'x', roleArn: sso, sessionName: null }, null],
    [
      'a user who is named like a session',
      { arn: 'x', roleArn: sso, sessionName: 'sam@example.com', type: 'IAMUser' },
      null,
    ],
    ['nobody', { arn: null, roleArn: null, sessionName: null }, null],
  ];
  for (const [what, part, person] of table)
    it(`${what}: ${person ?? 'nobody knows'}`, () =>
      assert.equal(changerOf({ ...actor, ...part }, rules), person));

  const named: readonly (readonly [part: Partial<Actor>, key: string | null])[] = [
    [{ sourceIdentity: 'SECCHG-12' }, 'SECCHG-12'],
    [{ sourceIdentity: 'sam/SECCHG-12' }, 'SECCHG-12'],
    [{ sessionName: 'mia-SECCHG-7' }, 'SECCHG-7'],
    [{ sourceIdentity: 'SECCHG-1', sessionName: 'SECCHG-2' }, 'SECCHG-1'],
    [{ sourceIdentity: 'XSECCHG-12' }, null],
    [{ sourceIdentity: 'SECCHG-012' }, null],
    [{ sourceIdentity: 'secchg-12' }, null],
    [{ sourceIdentity: 'SECCHG-12345678901' }, null],
    [{}, null],
  ];
  for (const [part, key] of named)
    it(`reads ${JSON.stringify(part)} as ${key ?? 'no ticket'}`, () =>
      assert.equal(namedTicketOf({ ...actor, ...part }, rules), key));

  it('knows the owners by the first rule that fits', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:test/x-a1b2c3';
    const test = { arn, isComplete: true, account: '123456789012', region: 'us-east-1' };
    assert.deepEqual(ownersOf(eventOf(), rules), ['dana']);
    assert.deepEqual(ownersOf(eventOf({ secret: test }), rules), ['lee']);
    assert.deepEqual(ownersOf(eventOf({ secret: null }), rules), []);
  });
});
