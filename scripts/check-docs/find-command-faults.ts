import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../starters/cli/program.ts';
import type { Document, DocumentFault } from './document.ts';

export interface KnownCommands {
  /** Names of npm scripts. */
  readonly scripts: ReadonlySet<string>;
  /** The main file of a script that scripts/run.mjs starts. */
  readonly mains: ReadonlyMap<string, string>;
  readonly root: string;
}

export function readKnownCommands(root: string): KnownCommands {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const runner = readFileSync(path.join(root, 'scripts/run.mjs'), 'utf8');
  const mains = [...runner.matchAll(/^ {2}(\w+): '([\w/-]+\.ts)',$/gm)].map(
    ([, name = '', file = '']) => [name, file] as const,
  );
  return { scripts: new Set(Object.keys(scripts)), mains: new Map(mains), root };
}

/** npm scripts, verbs and flags of the CLI, and flags of the main files that do not exist. */
export function findCommandFaults(known: KnownCommands, { path: file, code }: Document): DocumentFault[] {
  return code.flatMap(({ text, line }) =>
    findProblems(known, text.replace(/\s#.*$/, '')).map((problem) => ({ path: file, line, problem })),
  );
}

function findProblems(known: KnownCommands, text: string): string[] {
  const npm = /\bnpm (?:run ([\w:-]+)|(test))(?: --)?(.*)$/.exec(text);
  if (npm) return findScriptProblems(known, npm[1] ?? npm[2] ?? '', npm[3] ?? '');
  const cli = /^(?:lockkeeper|.*\bnode starters\/cli\/main\.ts)(?: (.*))?$/.exec(text);
  if (cli) return findCliProblems(cli[1] ?? '');
  const main = /\bnode ([\w/-]+\.ts)(.*)$/.exec(text);
  return main ? findFlagProblems(known, main[1] ?? '', main[2] ?? '') : [];
}

function findScriptProblems(known: KnownCommands, name: string, rest: string): string[] {
  if (!known.scripts.has(name)) return [`package.json has no script ${name}`];
  if (name === 'lockkeeper') return findCliProblems(rest);
  const main = known.mains.get(name);
  return main ? findFlagProblems(known, main, rest) : [];
}

/** Main files read their flags with `parseArgs`: each is a key of its options. */
function findFlagProblems({ root }: KnownCommands, main: string, rest: string): string[] {
  const file = path.join(root, main);
  if (!existsSync(file)) return [];
  const source = readFileSync(file, 'utf8');
  return flagsOf(rest)
    .filter((flag) => !new RegExp(`\\b${flag}'?: \\{`).test(source))
    .map((flag) => `${main} has no flag --${flag}`);
}

function findCliProblems(rest: string): string[] {
  let command: Command = createProgram(() => {});
  for (const word of rest.trim().split(/\s+/)) {
    if (command.commands.length === 0 || word.startsWith('-') || !/^[a-z]/.test(word)) break;
    const next = command.commands.find((one) => one.name() === word);
    if (!next) return [`the CLI has no verb ${word}`];
    command = next;
  }
  const known = new Set(['--help', ...optionsOf(command)]);
  return flagsOf(rest)
    .filter((flag) => !known.has(`--${flag}`))
    .map((flag) => `lockkeeper ${command.name()} has no flag --${flag}`);
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return command.parent ? [...own, ...optionsOf(command.parent)] : own;
}

function flagsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)--([a-z][\w-]*)/g)].map(([, flag = '']) => flag);
}
