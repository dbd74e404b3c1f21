import assert from 'node:assert/strict';
import path from 'node:path';
import { checkDocuments, createCheck, listFiles } from '../../scripts/check-docs/check-documents.ts';
import { parseDocument } from '../../scripts/check-docs/document.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the documents', () => {
  it('name only files, headings, commands, flags, keys and variables that exist', () => {
    assert.deepEqual(checkDocuments(root), []);
  });
});

describe('the check of the documents', () => {
  const check = createCheck(root, listFiles(root), [parseDocument('docs/other.md', '# Known limits')]);
  const problemsOf = (markdown: string) =>
    check(parseDocument('docs/made-up.md', markdown)).map(({ line, problem }) => `${line}: ${problem}`);

  const cases: readonly (readonly [name: string, markdown: string, problem: string])[] = [
    ['a path', '`worker/mian.ts`', 'worker/mian.ts does not exist'],
    ['a file of the root', '`GUIDE.md`', 'GUIDE.md does not exist'],
    ['a link', '[x](../nowhere.md)', 'the link leads to nowhere.md, which does not exist'],
    ['an anchor', '# Here\n\n[x](#there)', 'docs/made-up.md has no heading #there'],
    ['a script', '`npm run dmeo`', 'package.json has no script dmeo'],
    ['a flag of a script', '`npm run demo -- --exits`', 'scripts/demo.ts has no flag --exits'],
    ['a flag of a main', '```\nnode worker/main.ts --queue jira\n```', 'worker/main.ts has no flag --queue'],
    ['a verb', '`lockkeeper permit DEVOPS-7`', 'the CLI has no verb permit'],
    ['a verb behind npm', '`npm run lockkeeper -- grab`', 'the CLI has no verb grab'],
    ['a flag of a verb', '`lockkeeper setup --force`', 'lockkeeper setup has no flag --force'],
    ['a variable', '`LOCKKEEPER_JIRA_TOKEN`', 'nothing reads the variable LOCKKEEPER_JIRA_TOKEN'],
    ['a key', '`jira.sites[].robot`', 'jira.sites[].robot is no key of the configuration'],
  ];
  for (const [name, markdown, problem] of cases)
    it(`finds ${name} that does not exist`, () => {
      const found = problemsOf(markdown);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', new RegExp(`: ${RegExp.escape(problem)}$`));
    });

  it('leaves alone what is there, patterns and other people’s words', () => {
    const words = [
      '`workflows/<process>/messages.ts` `agent/manifest.json` `lockkeeper start promotion X-1 --watch --json`',
      '`LOCKKEEPER_GITLAB_TOKEN_FILE` `${TEST_ACCOUNT_ID}` `npm run demo -- --exit` `aws.testInstance`',
      '[x](https://example.com/y) [z](#w)',
      '# W',
    ];
    assert.deepEqual(problemsOf(words.join('\n')), []);
  });
});
