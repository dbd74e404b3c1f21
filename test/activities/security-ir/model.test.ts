import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorShapes } from '../../../activities/security-ir/sdk/errors.ts';
import * as operations from '../../../activities/security-ir/sdk/operations.ts';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<
    Record<
      string,
      { readonly shape: string; readonly location?: string; readonly idempotencyToken?: boolean }
    >
  >;
  readonly member?: { readonly shape: string };
  readonly error?: { readonly httpStatusCode: number };
}
interface Model {
  readonly operations: Readonly<
    Record<
      string,
      {
        http: { method: string; requestUri: string; responseCode: number };
        input: { shape: string };
        output: { shape: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}
type Node = number | readonly unknown[] | (() => Node);

const specs = process.env['SPECS_DIR'];

/** What we wrote down of the service's forms, held against AWS's own model. */
describe('the forms of Security Incident Response', function () {
  if (specs === undefined) {
    it('SKIPPED: SPECS_DIR names no folder of vendors’ documents', function () {
      console.warn('      SKIPPED: SPECS_DIR names no folder of vendors’ documents');
      this.skip();
    });
    return;
  }
  const model = JSON.parse(readFileSync(path.join(specs, 'security-ir.model.json'), 'utf8')) as Model;
  const simple: Readonly<Record<string, number>> = { string: 0, integer: 1, long: 1, timestamp: 4 };

  function faults(node: Node, name: string, at: string): string[] {
    const shape = model.shapes[name];
    if (!shape) return [`${at}: the model has no ${name}`];
    if (typeof node === 'function') return faults(node(), name, at);
    if (shape.type === 'list') return listFaults(node, shape, at);
    if (shape.type === 'map') return node === 128 ? [] : [`${at}: is a map`];
    if (shape.type !== 'structure') return node === simple[shape.type] ? [] : [`${at}: is a ${shape.type}`];
    return typeof node === 'number' ? [`${at}: is a structure`] : structureFaults(node, shape, at);
  }

  function listFaults(node: Node, { member }: Shape, at: string): string[] {
    const inner = member?.shape ?? '';
    if (typeof node === 'number') return node === 64 ? faults(0, inner, at) : [`${at}: is a list`];
    return faults((node as readonly unknown[])[4] as Node, inner, `${at}[]`);
  }

  function structureFaults(
    node: readonly unknown[],
    { members = {}, required = [] }: Shape,
    at: string,
  ): string[] {
    const [, , , , names, schemas, count] = node as [0, 0, 0, 0, string[], unknown[], number];
    const ours = names.slice(0, count).toSorted();
    const missing = Object.entries(members).filter(([name]) => !names.includes(name));
    return [
      ...(ours.join() === [...required].sort().join() ? [] : [`${at}: required: ${required.join()}`]),
      ...missing.map(([name]) => `${at}.${name}: is not written down`),
      ...names.flatMap((name, index) => {
        const member = members[name];
        if (!member) return [`${at}.${name}: the model has none`];
        const [target, traits] = schemas[index] as [Node, unknown];
        const wanted = member.location === 'uri' ? 1 : member.idempotencyToken ? 4 : 0;
        const isPlaced = member.location === 'querystring' || member.location === 'header';
        const placed = isPlaced ? typeof traits === 'object' : traits === wanted;
        return [
          ...(placed ? [] : [`${at}.${name}: its place`]),
          ...faults(target, member.shape, `${at}.${name}`),
        ];
      }),
    ];
  }

  for (const [, , name, traits, input, output] of Object.values(operations))
    it(name, () => {
      const found = model.operations[name];
      assert.ok(found, `no operation ${name}`);
      const { method, requestUri, responseCode } = found.http;
      assert.deepEqual(traits.http, [method, requestUri, responseCode]);
      assert.deepEqual(faults(input, found.input.shape, 'input'), []);
      assert.deepEqual(faults(output, found.output.shape, 'output'), []);
    });

  for (const [schema, made] of errorShapes) {
    const [, , name, traits] = schema as [number, string, string, { httpError: number }];
    it(name, () => {
      assert.equal(made.name, name);
      assert.equal(traits.httpError, model.shapes[name]?.error?.httpStatusCode);
      assert.deepEqual(faults(schema, name, name), []);
    });
  }
});
