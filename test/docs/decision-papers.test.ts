import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { commandWords } from '../../activities/jira/commands.ts';
import { exampleYaml, faultsOf } from '../config/example-config.ts';
import { root } from './compose-file.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The example with people deciding, as its first lines say. */
const example = parse(exampleYaml.replace(/^( *)#: /gm, '$1')) as Record<string, unknown>;

/** Fenced blocks of YAML, each some sections of the configuration. */
const blocks = ['docs/approvals.md', 'docs/freeze.md', 'docs/promotion.md'].flatMap((file) =>
  [...read(file).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = ''], index) => ({
    name: `${file}, block ${index + 1}`,
    yaml,
  })),
);

/** A document shows the approvals that it speaks of; the example's others stand beside them. */
function together(...parts: readonly object[]): Record<string, unknown> {
  const approvals = [example, ...parts].map((part) => Reflect.get(part, 'approvals') as object | undefined);
  const merged: Record<string, unknown> = { ...example };
  for (const part of parts) Object.assign(merged, part);
  return { ...merged, approvals: Object.assign({}, ...approvals) as object };
}

describe('documents about decisions', () => {
  for (const { name, yaml } of blocks)
    it(`${name} is a valid configuration`, () => {
      assert.deepEqual(faultsOf(stringify(together(parse(yaml) as object))), []);
    });

  it('are in one configuration together', () => {
    assert.equal(blocks.length, 3);
    const all = blocks.map(({ yaml }) => parse(yaml) as object);
    assert.deepEqual(faultsOf(stringify(together(...all))), []);
  });

  it('docs/approvals.md explains each rule of refusal, and no other', () => {
    const [, union = ''] =
      /export type RefusalRule =(.*?);/s.exec(read('workflows/approval/messages.ts')) ?? [];
    const rules = [...union.matchAll(/'([\w-]+)'/g)].map(([, rule]) => rule);
    assert.ok(rules.length > 20);
    const [, section = ''] = /^## Refusals\n(.*?)^## /ms.exec(read('docs/approvals.md')) ?? [];
    const explained = [...section.matchAll(/^\| `([\w-]+)` /gm)].map(([, rule]) => rule);
    assert.deepEqual(explained.sort(), rules.sort());
  });

  it('docs/approvals.md names every command of a comment', () => {
    for (const word of commandWords) assert.ok(read('docs/approvals.md').includes(`\`${word}`), word);
  });
});
