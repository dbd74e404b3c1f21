import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

/**
 * `tsc --noEmit` and `eslint .` in one process: both need the types of everything, and to work them out is most of what
 * either costs. Says what is wrong on stdout and ends with 1.
 */
const root = path.dirname(import.meta.dirname);
const program = readProgram();
const faults = [explainTypes(), await explainLint()].filter((text) => text !== '');
if (faults.length > 0) process.stdout.write(`${faults.join('\n')}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function readProgram(): ts.Program {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: stop };
  const parsed = ts.getParsedCommandLineOfConfigFile(path.join(root, 'tsconfig.json'), {}, host);
  if (!parsed) throw new Error('tsconfig.json: cannot be read');
  for (const fault of parsed.errors) stop(fault);
  return ts.createProgram({ rootNames: parsed.fileNames, options: parsed.options });
}

function stop({ messageText }: ts.Diagnostic): never {
  throw new Error(`tsconfig.json: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

function explainTypes(): string {
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}

/** @returns nothing unless there is an error: a warning fails no check */
async function explainLint(): Promise<string> {
  const shared = { projectService: false, programs: [program] };
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: shared } },
  });
  const results = await eslint.lintFiles(['.']);
  if (results.every(({ errorCount, fatalErrorCount }) => errorCount + fatalErrorCount === 0)) return '';
  return (await eslint.loadFormatter('stylish')).format(results);
}
