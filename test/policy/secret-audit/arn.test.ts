import assert from 'node:assert/strict';
import {
  completeRef,
  isSameSecret,
  nameOf,
  readLines,
  typedRef,
} from '../../../workflows/secret-audit/arn.ts';
import { account, arnOf, fullArn, region } from './facts.ts';

const home = { account, region };
const line = (text: string) => readLines(text, home).secrets[0] ?? assert.fail(`${text} is no secret`);
const event = (arn: string) => completeRef(arn) ?? assert.fail(`${arn} is not complete`);
const typed = (text: string) => typedRef(text, home) ?? assert.fail(`${text} is no secret`);

describe('the secret that a ticket names', () => {
  const elsewhere = fullArn.replace(region, 'eu-west-1');
  for (const [what, ticket, changed, isSame] of [
    ['its full ARN', fullArn, event(fullArn), true],
    ['its ARN without the suffix', arnOf('prod/db'), event(fullArn), true],
    ['its name', 'prod/db', event(fullArn), true],
    ['the ARN of another incarnation', arnOf('prod/db-zzzzzz'), event(fullArn), false],
    ['a longer name', 'prod/db-replica', event(fullArn), false],
    ['a shorter name', 'prod', event(fullArn), false],
    ['another case', 'Prod/DB', event(fullArn), false],
    ['another region', elsewhere, event(fullArn), false],
    ['another account', fullArn.replace(account, '210987654321'), event(fullArn), false],
    ['a name that ends like a suffix', 'db-secret', event(arnOf('db-secret-a1b2c3')), true],
    ['what would be its name if it were its suffix', 'db', event(arnOf('db-secret-a1b2c3')), false],
    ['a name, of a call that failed', 'prod/db', typed('prod/db'), true],
    ['a full ARN, of a call by name that failed', fullArn, typed('prod/db'), true],
    ['a name, where the caller typed a suffix or a longer name', 'prod/db', typed('prod/db-a1b2c3'), false],
  ] as const)
    it(`${what}: ${isSame ? 'is it' : 'is not'}`, () =>
      assert.equal(isSameSecret(line(ticket), changed), isSame));

  it('is one a line, between commas too; what is none is said', () => {
    const { secrets, unreadable } = readLines(`${fullArn}\r\n prod/x ,;\nnot a secret\n${arnOf('y')}`, home);
    assert.deepEqual(
      secrets.map((ref) => nameOf(ref)),
      ['prod/db-a1b2c3', 'prod/x', 'y'],
    );
    assert.deepEqual(unreadable, ['not a secret']);
  });

  it('needs an account and a region of its own where the rules have none', () => {
    assert.deepEqual(readLines(`prod/db\n${fullArn}`, null).unreadable, ['prod/db']);
    assert.equal(readLines(`prod/db\n${fullArn}`, null).secrets.length, 1);
  });

  it('is known in other partitions', () => {
    const china = fullArn.replace('arn:aws:', 'arn:aws-cn:').replace(region, 'cn-north-1');
    assert.equal(completeRef(china)?.region, 'cn-north-1');
    assert.match(typedRef('x', { account, region: 'us-gov-west-1' })?.arn ?? '', /^arn:aws-us-gov:/);
  });

  for (const text of [
    fullArn.replace(account, '12345678910'),
    fullArn.replace('secretsmanager', 'ssm'),
    arnOf('prod/db'),
    `${fullArn} `,
    '',
  ])
    it(`AWS does not answer "${text}"`, () => assert.equal(completeRef(text), undefined));

  it('has a name without suffix only when AWS said it', () => {
    assert.equal(nameOf(event(fullArn)), 'prod/db');
    assert.equal(nameOf(typed('prod/db-a1b2c3')), 'prod/db-a1b2c3');
  });
});
