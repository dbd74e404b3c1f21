import type { Operation } from './operation.ts';
import { Page } from './forms.ts';
import { pageOf } from './pages.ts';
import { readBody } from './operation.ts';
import type { Membership } from './model.ts';
import { notFound } from './sir-refusal.ts';

export const createMembership = (accountId: string, region: string, activated: number): Membership => ({
  ...{ membershipId: 'm-sandbox00000001', accountId, region, activated, status: 'Active' },
  membershipArn: `arn:aws:security-ir:${region}:${accountId}:membership/m-sandbox00000001`,
});

/** The response team gets mail from AWS, but is no watcher of a case. */
const team = [
  { name: 'Sofia Lind', jobTitle: 'SOC lead', email: 'sofia@example.com' },
  { name: 'Sam Okafor', jobTitle: 'SOC analyst', email: 'sam@example.com' },
];

export const membershipOperations: readonly Operation[] = [
  {
    name: 'ListMemberships',
    method: 'POST',
    uri: '/v1/memberships',
    resource: 'any',
    async handle(call) {
      const { membership } = call;
      const { membershipId, membershipArn, accountId, region, status } = membership;
      const row = { membershipId, accountId, region, membershipArn, membershipStatus: status };
      const { total, ...page } = pageOf([row], await readBody(call, Page), 'memberships', () => 1);
      return page;
    },
  },
  {
    name: 'GetMembership',
    method: 'GET',
    uri: '/v1/membership/{membershipId}',
    resource: 'membership',
    handle({ membership, labels }) {
      const { membershipId, membershipArn, accountId, region, status, activated } = membership;
      if (labels['membershipId'] !== membershipId) throw notFound(`Membership ${labels['membershipId']}`);
      return {
        ...{ membershipId, accountId, region, membershipName: 'Sandbox', membershipArn },
        ...{ membershipStatus: status, membershipActivationTimestamp: activated },
        ...{ customerType: 'Standalone', numberOfAccountsCovered: 1, incidentResponseTeam: team },
      };
    },
  },
];
