import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './json-schema.ts';

// Run after a change of the schema: node config/json-schema-main.ts. A test fails while the shipped file is behind.
const target = new URL('./lockkeeper.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
