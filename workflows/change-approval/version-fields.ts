import type { Hunk, Replacement } from './diff-hunks.ts';
import { jsonPathAt } from './json-path.ts';
import { isProjectLevel } from './pom-level.ts';

/** Where a kind of file has its own version. */
export interface VersionField {
  /** A whole line: what is before the version, the version, what is after it. */
  readonly line: RegExp;
  /** Whether the diff proves that this line is the file's own version, and not a dependency's. */
  isField(replacement: Replacement, hunk: Hunk): boolean;
}

const jsonLine = /^(\s*(?:\{\s*)?"version"\s*:\s*")([^"\\]*)("\s*,?\s*)$/;
const tomlLine = /^(version\s*=\s*["'])([^"']*)(["']\s*)$/;

/** A key of JSON: known only when the diff begins with the file, because only then is it certain what the line is inside of. */
const jsonKeys = (...paths: readonly string[]): VersionField => ({
  line: jsonLine,
  isField: ({ above, after }, { newStart, oldStart }) =>
    newStart === 1 &&
    oldStart === 1 &&
    paths.includes(JSON.stringify(jsonPathAt([...above, after].join('\n')))),
});

/** A key of a section, whose heading the diff shows. */
const sectionKey = (line: RegExp, ...sections: readonly string[]): VersionField => ({
  line,
  isField({ above, below }) {
    if ([...above, ...below].some((text) => /"""|'''/.test(text))) return false;
    const heading = above
      .findLast((text) => /^\s*\[/.test(text))
      ?.replace(/#.*$/, '')
      .trim();
    return heading !== undefined && sections.includes(heading);
  },
});

/** A line of its own at the margin, where the format has nothing but the file's own keys. */
const atMargin = (line: RegExp): VersionField => ({
  line,
  isField: ({ above }, { newStart }) => {
    const before = above.at(-1);
    // a continued line before it would make it a part of another value
    return before === undefined ? newStart === 1 : !before.trimEnd().endsWith('\\');
  },
});

/** The file is its version. */
const wholeFile: VersionField = {
  line: /^()(\S+)(\s*)$/,
  isField: ({ above, below }, { newStart }) =>
    newStart === 1 && [...above, ...below].every((text) => text.trim() === ''),
};

const packageJson = jsonKeys('["version"]');
const packageLock = jsonKeys('["version"]', '["packages","","version"]');
const pomXml: VersionField = {
  line: /^(\s*<version>)([^<]*)(<\/version>\s*)$/,
  isField: ({ above, below }) => isProjectLevel(above, below),
};
const yamlVersion = /^((?:version|appVersion): +["']?)([^"'\s]+)(["']?\s*)$/;

/** By base name. A file that is not here is never exempt, whatever the policy lists. */
export const versionFields: ReadonlyMap<string, VersionField> = new Map([
  ['package.json', packageJson],
  ['composer.json', packageJson],
  ['lerna.json', packageJson],
  ['package-lock.json', packageLock],
  ['npm-shrinkwrap.json', packageLock],
  ['pom.xml', pomXml],
  ['Cargo.toml', sectionKey(tomlLine, '[package]', '[workspace.package]')],
  ['pyproject.toml', sectionKey(tomlLine, '[project]', '[tool.poetry]')],
  ['setup.cfg', sectionKey(/^(version\s*=\s*)([^\s#;]+)(\s*)$/, '[metadata]')],
  ['gradle.properties', atMargin(/^(version\s*[=:]\s*)(\S+)(\s*)$/)],
  ['build.gradle', atMargin(/^(version\s*=?\s*["'])([^"']+)(["']\s*)$/)],
  ['build.gradle.kts', atMargin(/^(version\s*=\s*")([^"]+)("\s*)$/)],
  ['Chart.yaml', atMargin(yamlVersion)],
  ['pubspec.yaml', atMargin(/^(version: +["']?)([^"'\s]+)(["']?\s*)$/)],
  ['VERSION', wholeFile],
  ['VERSION.txt', wholeFile],
  ['version.txt', wholeFile],
]);
