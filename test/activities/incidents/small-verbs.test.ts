import assert from 'node:assert/strict';
import { addWatchers } from '../../../activities/incidents/watchers.ts';
import { moveCase } from '../../../activities/incidents/move.ts';
import type { ConnectionParts } from '../../../activities/incidents/parts.ts';
import { readIssue } from '../../../activities/incidents/read-issue.ts';
import { readSeverity } from '../../../activities/incidents/read-case.ts';
import { sweepCases } from '../../../activities/incidents/sweep.ts';
import { tellCase } from '../../../activities/incidents/tell-case.ts';
import { tieIssue, whyNot } from '../../../activities/incidents/tie.ts';
import type { IncidentTickets } from '../../../activities/jira/incidents/port.ts';
import type { CaseSystem } from '../../../activities/security-ir/port.ts';
import { createFailure, type FailureType } from '../../../workflows/shared/failures.ts';

const caseId = '1000000001';
const link = { connection: 'aws-main', caseId, issueId: '10001', key: 'k' };
const own = 'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents';
const refuse = (type: FailureType) => async () => {
  throw createFailure(type, `it is ${type}`);
};

interface Fakes {
  readonly cases?: Partial<CaseSystem>;
  readonly tickets?: Partial<IncidentTickets>;
  readonly parts?: Partial<ConnectionParts>;
}
function parts({ cases = {}, tickets = {}, parts: other = {} }: Fakes): ConnectionParts {
  const routes = [{ name: 'rest', when: {}, severe: true, sync: true }];
  return {
    ...{ name: 'aws-main', project: 'INC', routes, intake: null, fields: [] },
    ...{ cases, tickets, ...other },
  } as unknown as ConnectionParts;
}
const found =
  (part: object = {}) =>
  async () =>
    ({
      caseId,
      caseArn: 'arn',
      status: 'Detection and Analysis',
      watchers: [],
      fields: {},
      ...part,
    }) as never;

describe('incidents: verbs by fakes', () => {
  describe('sweepCases', () => {
    const pages = (count: number) => {
      const asked: (string | null)[] = [];
      const listCases: CaseSystem['listCases'] = async (cursor) => {
        asked.push(cursor);
        const page = Number(cursor ?? 0);
        const items = Array.from({ length: 25 }, (_, index) => ({
          caseId: String(1_000_000_000 + page * 25 + index),
          status: index === 0 ? ('Closed' as const) : ('Containment, Eradication and Recovery' as const),
          updatedAt: page === 0 ? '2026-11-23T10:00:00Z' : '2026-11-20T10:00:00Z',
          createdAt: '2026-11-19T10:00:00Z',
        }));
        return { items, cursor: page + 1 < count ? String(page + 1) : null };
      };
      return { asked, listCases };
    };

    it('B22: asks one page per 25 cases, and nothing of a case that has not changed', async () => {
      const { asked, listCases } = pages(40);
      const { listed, calls, changed, open } = await sweepCases(parts({ cases: { listCases } }), {
        ...{ connection: 'aws-main', since: '2026-11-23T09:50:00Z' },
      });
      assert.deepEqual([listed, calls, asked.length, changed.length, open], [1_000, 40, 40, 25, 960]);
      assert.equal(changed.filter(({ closed }) => closed).length, 1);
    });

    it('takes every open case when nothing is known of a pass before, and no closed one', async () => {
      const { listCases } = pages(2);
      const swept = await sweepCases(parts({ cases: { listCases } }), {
        connection: 'aws-main',
        since: null,
      });
      assert.deepEqual([swept.changed.length, swept.changed.some(({ closed }) => closed)], [48, false]);
    });

    it('fails whole when one page does: nothing is concluded from a part', async () => {
      const { listCases } = pages(3);
      const broken: CaseSystem['listCases'] = async (cursor) =>
        cursor === '1' ? refuse('Unavailable')() : listCases(cursor);
      const pass = sweepCases(parts({ cases: { listCases: broken } }), {
        connection: 'aws-main',
        since: null,
      });
      await assert.rejects(pass, { type: 'Unavailable' });
    });
  });

  describe('addWatchers', () => {
    const people = (...emails: string[]) => emails.map((email) => ({ email, name: null }));
    async function add(to: 'case' | 'issue', ofCase: string[], ofIssue: (string | null)[]) {
      const added: string[] = [];
      const answer = await addWatchers(
        parts({
          cases: {
            getCase: found({ watchers: people(...ofCase) }),
            addWatchers: async (_, all) => void added.push(...all.map(({ email }) => email)),
          },
          tickets: {
            readIssue: async () => ({ watchers: ofIssue.map((email) => ({ email })) }) as never,
            addWatchers: async (_, all) => {
              added.push(...all);
              return { added: all.length, unknown: 0 };
            },
          },
        }),
        { ...link, to },
      );
      return { answer, added };
    }

    it('adds whom the other side has, by exact e-mail, and takes nobody away', async () => {
      const { added } = await add(
        'issue',
        ['Sam@example.com', 'dana@example.com'],
        ['sam@example.com', null],
      );
      assert.deepEqual(added, ['dana@example.com']);
      const back = await add('case', ['sam@example.com'], ['SAM@example.com', 'lee@example.com']);
      assert.deepEqual(back.added, ['lee@example.com']);
      assert.deepEqual((await add('case', ['sam@example.com'], [])).added, []);
    });

    it('stops at thirty, which is all that AWS takes', async () => {
      const ofCase = Array.from({ length: 28 }, (_, index) => `p${index}@example.com`);
      const { answer, added } = await add('case', ofCase, ['a@x.org', 'b@x.org', 'c@x.org']);
      assert.deepEqual([added, answer.added, answer.unknown], [['a@x.org', 'b@x.org'], 2, 1]);
    });
  });

  describe('moveCase', () => {
    const path = ['Detection and Analysis', 'Post-incident Activities', 'Closed'] as const;
    async function move(status: string, refused?: FailureType) {
      const made: string[] = [];
      const act = async (to: string) => {
        if (refused && to === 'Post-incident Activities') await refuse(refused)();
        made.push(to);
      };
      const cases = {
        getCase: found({ status }),
        updateStatus: (_: string, to: string) => act(to),
        closeCase: () => act('Closed'),
      };
      return { made, answer: await moveCase(parts({ cases }), { ...link, path }) };
    }

    it('makes each hop, from where the case is: an attempt before may have made some', async () => {
      assert.deepEqual((await move('Submitted')).made, path);
      const { made, answer } = await move('Detection and Analysis');
      assert.deepEqual([made, answer], [path.slice(1), { status: 'Closed', held: null }]);
      assert.deepEqual((await move('Closed')).made, []);
    });

    it('says where AWS stopped it, and passes on what is no refusal', async () => {
      const { answer } = await move('Submitted', 'Conflict');
      assert.deepEqual(answer.status, 'Detection and Analysis');
      assert.match(answer.held ?? '', /from Detection and Analysis to Post-incident Activities/);
      await assert.rejects(move('Submitted', 'Unavailable'), { type: 'Unavailable' });
    });
  });

  describe('what is gone', () => {
    it('tells a deleted issue from one that may not be seen any more (S-97)', async () => {
      const gone = async (mayBrowse: boolean) => {
        const tickets = { readIssue: refuse('NotFound'), canBrowse: async () => mayBrowse };
        return (await readIssue(parts({ tickets }), { issueId: '10001', fields: [] })).gone;
      };
      assert.deepEqual([await gone(true), await gone(false)], ['deleted', 'invisible']);
      const refused = { readIssue: refuse('PermissionDenied') };
      await assert.rejects(readIssue(parts({ tickets: refused }), { issueId: '10001', fields: [] }), {
        type: 'PermissionDenied',
      });
    });

    it('tells the case of a deleted issue once, and a closed one nothing', async () => {
      const said: { body: string; creator: string }[] = [];
      const cases = (status: string) => ({
        getCase: found({ status }),
        listComments: async () => said as never,
        ownPrincipal: async () => own,
        createComment: async (_: string, body: string) => {
          said.push({ body, creator: `${own}/session` });
          return { commentId: '1' };
        },
      });
      const order = { ...link, about: 'issue-deleted', issueKey: 'INC-1' } as const;
      await tellCase(parts({ cases: cases('Closed') }), order);
      assert.equal(said.length, 0);
      for (let times = 0; times < 2; times += 1)
        await tellCase(parts({ cases: cases('Post-incident Activities') }), order);
      assert.equal(said.length, 1);
      assert.match(said[0]?.body ?? '', /INC-1.*was deleted/);
    });

    it('counts a case as severe while it is open, and never one that is gone', async () => {
      const severity = async (getCase: CaseSystem['getCase']) =>
        (await readSeverity(parts({ cases: { getCase } }), { caseId })).severe;
      assert.deepEqual(
        [
          await severity(found()),
          await severity(found({ status: 'Closed' })),
          await severity(refuse('NotFound')),
        ],
        [true, false, false],
      );
      await assert.rejects(severity(refuse('PermissionDenied')), { type: 'PermissionDenied' });
    });
  });

  describe('tieIssue', () => {
    async function tie(mark: object | null, tags: Record<string, string> = {}) {
      const made: string[] = [];
      const order = { ...link, workflowId: 'w' };
      const answer = await tieIssue(
        parts({
          cases: {
            getCase: found(),
            readTags: async () => tags,
            tag: async () => void made.push('tag'),
          },
          tickets: {
            readIssue: async () => ({ key: 'INC-1', mark }) as never,
            setMark: async () => void made.push('mark'),
          },
        }),
        order,
      );
      return { made, answer };
    }

    it('tags the case first, and marks the issue last', async () => {
      assert.deepEqual(await tie(null), {
        ...{ made: ['tag', 'mark'], answer: { issueKey: 'INC-1', wasTied: false } },
      });
      const again = await tie({ connection: 'aws-main', caseId }, { 'lockkeeper:issue': 'aws-main/10001' });
      assert.deepEqual([again.made, again.answer.wasTied], [['mark'], true]);
    });

    for (const mark of [
      { connection: 'aws-main', caseId: '1000000002' },
      { connection: 'aws-other', caseId },
    ])
      it(`refuses an issue of ${mark.connection}/${mark.caseId}`, () =>
        assert.rejects(tie(mark), { type: 'Conflict', message: /belongs to case/ }));
  });

  it('says why no case is made of an issue', () => {
    const intake = { issueTypes: ['Incident'], labels: ['security'] };
    const sound = {
      ...{ issueType: 'Incident', labels: ['security'], project: 'INC' },
      ...{ done: false, reporterIsBot: false },
    };
    const reasonOf = (part: object, rules: object | null = intake) =>
      whyNot(parts({ parts: { intake: rules as never } }), { ...sound, ...part });
    assert.equal(reasonOf({}), null);
    for (const [part, reason] of [
      [{ project: 'OPS' }, /it is in OPS/],
      [{ issueType: 'Task' }, /made of Task/],
      [{ labels: ['other'] }, /none of the labels/],
      [{ reporterIsBot: true }, /Lockkeeper made it/],
      [{ done: true }, /it is done/],
    ] as const)
      assert.match(reasonOf(part) ?? '', reason);
    assert.match(reasonOf({}, null) ?? '', /makes no cases/);
  });
});
