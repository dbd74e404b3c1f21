import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { configJsonSchema, nodeAt } from '../../config/json-schema.ts';
import { exampleYaml } from './example-config.ts';

const shipped: unknown = JSON.parse(
  readFileSync(new URL('../../config/lockkeeper.schema.json', import.meta.url), 'utf8'),
);

describe('lockkeeper.schema.json', () => {
  it('is current; if not, run: node config/json-schema-main.ts', () => {
    assert.deepEqual(shipped, JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('takes the shipped example and refuses an unknown key', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(shipped as object);
    const example = parse(exampleYaml) as object;
    assert.ok(validate(example), JSON.stringify(validate.errors));
    assert.ok(!validate({ ...example, extra: 1 }));
  });

  it('describes every key, because the descriptions are the fixes of faults', () => {
    assert.match(nodeAt(configJsonSchema(), ['aws', 'accounts', 3, 'id'])?.description ?? '', /12 digits/);
    assert.match(
      nodeAt(configJsonSchema(), ['policies', 'any', 'version'])?.description ?? '',
      /whole number/,
    );
    assert.equal(nodeAt(configJsonSchema(), ['nowhere', 'at', 0]), undefined);
  });
});
