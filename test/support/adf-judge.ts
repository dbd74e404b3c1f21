import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';

/** What Atlassian's own schema finds wrong with a rich-text document; [] = nothing. */
export function createAdfJudge(directory: string): (document: unknown) => string[] {
  const schema = JSON.parse(readFileSync(path.join(directory, 'adf.full.schema.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  // Draft-04: Ajv 8 refuses the declaration but handles the keywords used here.
  delete schema['$schema'];
  const validate = new Ajv({ strict: false, ownProperties: true }).compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map((error) => `${error.instancePath}: ${error.message ?? error.keyword}`);
  };
}
