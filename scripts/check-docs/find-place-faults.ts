import { existsSync } from 'node:fs';
import path from 'node:path';
import { configJsonSchema, nodeAt } from '../../config/json-schema.ts';
import type { Document, DocumentFault, Piece } from './document.ts';

/** Files of the root that documents call by their bare names. */
const rootFile =
  /^(Dockerfile|LICENSE|\.dockerignore|[A-Z]+\.md|docker-compose[\w.-]*\.yml|lockkeeper\.example\.yaml)$/;

const schema = configJsonSchema();

/** Links, paths in code and keys of the configuration that lead nowhere. */
export function findPlaceFaults(
  root: string,
  folders: ReadonlySet<string>,
  document: Document,
  anchorsOf: (file: string) => readonly string[] | undefined,
): DocumentFault[] {
  const isMissingPath = ({ text }: Piece) => {
    const words = text.split(/\s+/).map((word) => word.replace(/[,;:]$/, ''));
    return words.find((word) => isOwnPath(word, folders) && !existsSync(path.join(root, word)));
  };
  return [
    ...document.links.flatMap((link) =>
      toFault(document, link, findLinkProblem(root, document, link.text, anchorsOf)),
    ),
    ...document.code.flatMap((piece) => {
      const missing = isMissingPath(piece);
      return toFault(document, piece, missing && `${missing} does not exist`);
    }),
    ...document.code.flatMap((piece) => toFault(document, piece, findKeyProblem(piece.text))),
  ];
}

function findLinkProblem(
  root: string,
  document: Document,
  target: string,
  anchorsOf: (file: string) => readonly string[] | undefined,
): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const found = file === '' ? document.path : path.join(path.dirname(document.path), file);
  const isHere = found === document.path;
  if (!isHere && !existsSync(path.join(root, found)))
    return `the link leads to ${found}, which does not exist`;
  const anchors = isHere ? document.anchors : anchorsOf(found);
  return anchor === undefined || anchors?.includes(anchor) ? undefined : `${found} has no heading #${anchor}`;
}

/** Patterns such as `workflows/<process>/` are no paths. */
function isOwnPath(text: string, folders: ReadonlySet<string>): boolean {
  if (rootFile.test(text)) return true;
  return /^[\w.@/-]+$/.test(text) && text.includes('/') && folders.has(text.split('/')[0] ?? '');
}

/** `jira.sites[].bot` stands for the key of each site. */
function findKeyProblem(text: string): string | undefined {
  const [section = ''] = text.split('.');
  if (!/^[a-z]+(\.[a-z][\w-]*(\[\])?)+$/i.test(text) || !nodeAt(schema, [section])) return undefined;
  const keys = text.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), 0] : [part]));
  return nodeAt(schema, keys) ? undefined : `${text} is no key of the configuration`;
}

function toFault({ path: file }: Document, { line }: Piece, problem: string | undefined): DocumentFault[] {
  return problem ? [{ path: file, line, problem }] : [];
}
