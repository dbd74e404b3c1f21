import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseDocument, type Document, type DocumentFault } from './document.ts';
import { findCommandFaults, readKnownCommands } from './find-command-faults.ts';
import { findPlaceFaults } from './find-place-faults.ts';
import { findUndocumentedSecrets, findVariableFaults, readKnownVariables } from './find-variable-faults.ts';

const folders = [
  'activities',
  'config',
  'deploy',
  'docs',
  'sandbox',
  'scripts',
  'starters',
  'worker',
  'workflows',
];

/** Prose that nobody executes goes stale: every file, command, flag, key and variable that the documents name is looked up. */
export function checkDocuments(root: string): DocumentFault[] {
  const files = listFiles(root);
  const documents = files
    .filter((file) => file.endsWith('.md'))
    .map((file) => parseDocument(file, readFileSync(path.join(root, file), 'utf8')));
  const check = createCheck(root, files, documents);
  const readme = documents.find((document) => document.path === 'README.md');
  return [...documents.flatMap(check), ...(readme ? findUndocumentedSecrets(readme) : [])];
}

/** What finds the faults of one document of this repository. */
export function createCheck(
  root: string,
  files: readonly string[],
  documents: readonly Document[],
): (document: Document) => DocumentFault[] {
  const commands = readKnownCommands(root);
  const variables = readKnownVariables(
    root,
    files.filter((file) => /\.(ts|mjs|sh|yml)$/.test(file) || file === 'Dockerfile'),
  );
  const top = new Set(readdirSync(root));
  const anchorsOf = (file: string) => documents.find((document) => document.path === file)?.anchors;
  return (document) => [
    ...findPlaceFaults(root, top, document, anchorsOf),
    ...findCommandFaults(commands, document),
    ...findVariableFaults(variables, document),
  ];
}

/** Our own files, relative to the root. */
export function listFiles(root: string): string[] {
  const inRoot = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
  const below = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  );
  return [...inRoot.map(({ name }) => name), ...below].sort();
}
