import path from 'node:path';
import { checkDocuments } from './check-docs/check-documents.ts';

// Run by hand while writing: node scripts/check-docs.ts. `npm test` runs the same check.
const faults = checkDocuments(path.dirname(import.meta.dirname));
for (const { path: file, line, problem } of faults) process.stdout.write(`${file}:${line}: ${problem}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
