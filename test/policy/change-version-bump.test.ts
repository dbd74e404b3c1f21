import assert from 'node:assert/strict';
import { isVersionBump } from '../../workflows/change-approval/version-bump.ts';
import { versionFields } from '../../workflows/change-approval/version-fields.ts';
import { fileOf, hunkOf as hunk, packageBump } from '../support/review-world.ts';

const known = [...versionFields.keys()];
const judge = (path: string, diff: string, files = known) => isVersionBump([fileOf(path, diff)], files);

const lock = (...rest: readonly string[]) =>
  hunk(
    1,
    ' {',
    '   "name": "web",',
    '-  "version": "1.4.2",',
    '+  "version": "1.4.3",',
    '   "lockfileVersion": 3,',
    '   "requires": true,',
    ...rest,
  );
const lockRoot = [
  '   "packages": {',
  '     "": {',
  '       "name": "web",',
  '-      "version": "1.4.2",',
  '+      "version": "1.4.3",',
  '       "license": "MIT",',
];
const pom = (before: readonly string[], after: readonly string[] = [], from = '1.0', to = '1.1') =>
  hunk(4, ...before, `-    <version>${from}</version>`, `+    <version>${to}</version>`, ...after);
const toml = (heading: string) =>
  hunk(3, ` ${heading}`, ' name = "web"', '-version = "1.0.0"', '+version = "1.0.1"', ' edition = "2021"');
const margin = (from: string, to: string) => hunk(2, ' # web', `-${from}`, `+${to}`, ' other: 1');
const whole = (from: string, to: string) => hunk(1, `-${from}`, `+${to}`);

describe('a version bump, by content', () => {
  const cases: readonly [string, string, string][] = [
    ['package.json', 'package.json', packageBump.diff],
    ['package.json in a folder', 'packages/web/package.json', packageBump.diff],
    ['package.json with tabs', 'package.json', packageBump.diff.replaceAll('  "', '\t"')],
    ['package.json with Windows line ends', 'package.json', packageBump.diff.replaceAll('\n', '\r\n')],
    ['a pre-release', 'package.json', packageBump.diff.replace('1.4.3', '2.0.0-rc.1+build.7')],
    ['composer.json', 'composer.json', packageBump.diff],
    ['package-lock.json, version 1', 'package-lock.json', lock()],
    ['package-lock.json, version 3', 'package-lock.json', lock(...lockRoot)],
    [
      'pom.xml after its model version',
      'pom.xml',
      pom([' <modelVersion>4.0.0</modelVersion>', ' <groupId>g</groupId>', ' <artifactId>a</artifactId>']),
    ],
    [
      'pom.xml after its parent',
      'pom.xml',
      pom([' </parent>', ' <artifactId>a</artifactId>'], [], '1.0-SNAPSHOT', '1.0'),
    ],
    ['pom.xml in one sight', 'pom.xml', pom([' <project xmlns="x">', ' <artifactId>a</artifactId>'])],
    [
      'pom.xml before its source control',
      'pom.xml',
      pom([' <artifactId>a</artifactId>'], [' <name>web</name>', ' <scm>']),
    ],
    ['pom.xml before its parent', 'pom.xml', pom([' <artifactId>a</artifactId>'], [' <parent>'])],
    ['pom.xml at its end', 'pom.xml', pom([' <artifactId>a</artifactId>'], [' </project>'])],
    ['Cargo.toml', 'Cargo.toml', toml('[package]')],
    ['Cargo.toml of a workspace', 'Cargo.toml', toml('[workspace.package]')],
    ['pyproject.toml', 'pyproject.toml', toml('[project]')],
    ['pyproject.toml of poetry', 'pyproject.toml', toml('[tool.poetry]')],
    ['setup.cfg', 'setup.cfg', hunk(1, ' [metadata]', ' name = web', '-version = 1.0', '+version = 1.1')],
    ['gradle.properties', 'gradle.properties', margin('version=1.0', 'version=1.1')],
    ['build.gradle', 'build.gradle', margin("version = '1.0'", "version = '1.1'")],
    ['build.gradle.kts', 'build.gradle.kts', margin('version = "1.0"', 'version = "1.1"')],
    [
      'Chart.yaml',
      'Chart.yaml',
      hunk(
        4,
        ' type: application',
        '-version: 1.0.0',
        '-appVersion: "1.0"',
        '+version: 1.0.1',
        '+appVersion: "1.1"',
      ),
    ],
    ['pubspec.yaml', 'pubspec.yaml', margin('version: 1.0.0+4', 'version: 1.0.1+5')],
    ['VERSION', 'VERSION', whole('1.4.2', '1.4.3')],
    [
      'VERSION without an end of line',
      'VERSION',
      '@@ -1 +1 @@\n-v1.4.2\n\\ No newline at end of file\n+v1.4.3\n\\ No newline at end of file',
    ],
    ['the headings of the diff', 'VERSION', `--- a/VERSION\n+++ b/VERSION\n${whole('1', '2')}`],
  ];
  for (const [name, path, diff] of cases) it(name, () => assert.equal(judge(path, diff), true));
  it('several files', () =>
    assert.equal(isVersionBump([packageBump, fileOf('package-lock.json', lock(...lockRoot))], known), true));
});

describe('no version bump', () => {
  const nested = (...lines: readonly string[]) =>
    hunk(1, ' {', ...lines, '-    "version": "1.0.0"', '+    "version": "1.0.1"', '   }');
  const cases: readonly [string, string, string][] = [
    ['a dependency called version', 'package.json', nested('   "dependencies": {')],
    ['a dependency in a list', 'package.json', nested('   "x": [ {')],
    [
      'a dependency at the margin',
      'package.json',
      hunk(1, ' {', ' "dependencies": {', '-"version": "1.0.0"', '+"version": "1.0.1"', ' }'),
    ],
    [
      'a brace inside a string',
      'package.json',
      hunk(1, ' {', '   "a": "}", "dependencies": {', '-  "version": "1.0.0"', '+  "version": "1.0.1"'),
    ],
    [
      'a quote inside a string',
      'package.json',
      hunk(1, ' {', '   "a": "\\"}", "dependencies": {', '-  "version": "1.0.0"', '+  "version": "1.0.1"'),
    ],
    [
      'too far from the beginning to be sure',
      'package.json',
      packageBump.diff.replace('@@ -1,4 +1,4 @@', '@@ -2,4 +2,4 @@'),
    ],
    [
      'a dependency’s version',
      'package.json',
      hunk(1, ' {', '   "dependencies": {', '-    "left-pad": "1.0.0"', '+    "left-pad": "1.0.1"'),
    ],
    [
      'another change besides',
      'package.json',
      hunk(
        1,
        ' {',
        '-  "version": "1.0.0",',
        '+  "version": "1.0.1",',
        '-  "main": "a.js"',
        '+  "main": "b.js"',
      ),
    ],
    ['another indentation', 'package.json', packageBump.diff.replace('+  "', '+    "')],
    [
      'a line more',
      'package.json',
      hunk(1, ' {', '-  "version": "1.0.0",', '+  "version": "1.0.1",', '+  "main": "b.js",'),
    ],
    [
      'something smuggled behind it',
      'package.json',
      packageBump.diff.replace('"1.4.3",', '"1.4.3", "main": "b.js",'),
    ],
    ['something smuggled into it', 'package.json', packageBump.diff.replace('1.4.3', '1.4.3 && curl')],
    ['an address for a version', 'package.json', packageBump.diff.replace('1.4.3', 'https://example.com')],
    ['a version that is a word', 'package.json', packageBump.diff.replace('1.4.3', 'latest')],
    ['an empty version', 'package.json', packageBump.diff.replace('1.4.3', '')],
    [
      'only the white space differs',
      'package.json',
      hunk(1, ' {', '-  "version": "1.0.0",', '+  "version":  "1.0.0",'),
    ],
    [
      'a second hunk',
      'package-lock.json',
      `${lock(...lockRoot)}${hunk(90, ' "node_modules/a": {', '-  "version": "1.0.0",', '+  "version": "1.0.1",')}`,
    ],
    [
      'a dependency in the lock',
      'package-lock.json',
      lock(
        '   "packages": {',
        '     "node_modules/a": {',
        '-      "version": "1.0.0"',
        '+      "version": "1.0.1"',
      ),
    ],
    [
      'a dependency in pom.xml',
      'pom.xml',
      pom([' <dependency>', ' <groupId>g</groupId>', ' <artifactId>a</artifactId>'], [' </dependency>']),
    ],
    [
      'a dependency after the model version',
      'pom.xml',
      pom([
        ' <modelVersion>4.0.0</modelVersion>',
        ' <dependencies><dependency>',
        ' <artifactId>a</artifactId>',
      ]),
    ],
    [
      'a dependency before something of the project',
      'pom.xml',
      pom([' <artifactId>a</artifactId>'], [' </dependency>', ' <scm>']),
    ],
    [
      'the parent’s version',
      'pom.xml',
      pom(
        [' <parent>', ' <artifactId>a</artifactId>'],
        [' </parent>', ' <modelVersion>4.0.0</modelVersion>'],
      ),
    ],
    [
      'the version of a plugin’s own settings',
      'pom.xml',
      pom([' <configuration>', ' <artifactId>a</artifactId>'], [' <packaging>jar</packaging>']),
    ],
    ['nothing around it', 'pom.xml', pom([' <groupId>g</groupId>', ' <artifactId>a</artifactId>'])],
    [
      'a comment that hides the dependency',
      'pom.xml',
      pom([' <!-- <modelVersion>4.0.0</modelVersion>', ' -->']),
    ],
    ['a property for a version', 'pom.xml', pom([' </parent>'], [], '1.0', '${evil}')],
    ['a dependency in Cargo.toml', 'Cargo.toml', toml('[dependencies.serde]')],
    [
      'a dependency after the package',
      'Cargo.toml',
      hunk(
        3,
        ' [package]',
        ' name = "web"',
        ' [dependencies.serde]',
        '-version = "1.0.0"',
        '+version = "1.0.1"',
      ),
    ],
    [
      'no heading in sight',
      'Cargo.toml',
      hunk(9, ' name = "web"', '-version = "1.0.0"', '+version = "1.0.1"'),
    ],
    [
      'a heading inside a text',
      'pyproject.toml',
      hunk(3, " x = '''", ' [project]', '-version = "1.0.0"', '+version = "1.0.1"'),
    ],
    [
      'a dependency of poetry',
      'pyproject.toml',
      hunk(3, ' [tool.poetry]', '-django = "1.0.0"', '+django = "1.0.1"'),
    ],
    ['a continued line', 'gradle.properties', hunk(2, ' args=-x \\', '-version=1.0', '+version=1.1')],
    ['a plugin of gradle', 'build.gradle', margin("    id 'a' version '1.0'", "    id 'a' version '1.1'")],
    ['a block of gradle', 'build.gradle', margin("    version = '1.0'", "    version = '1.1'")],
    [
      'a dependency of a chart',
      'Chart.yaml',
      hunk(6, ' - name: db', '-  version: 1.0.0', '+  version: 1.0.1'),
    ],
    ['a chart’s image', 'values.yaml', margin('version: 1.0', 'version: 1.1')],
    ['a second line in VERSION', 'VERSION', hunk(1, '-1.0', '+1.1', ' export PATH=/tmp')],
    ['source code', 'src/version.ts', whole('1.0', '1.1')],
    ['no diff', 'package.json', ''],
    ['a diff cut off', 'package.json', packageBump.diff.split('\n').slice(0, 4).join('\n')],
    ['a diff of nonsense', 'package.json', '@@ -a +b @@\n-1\n+2\n'],
    ['something after the hunk', 'VERSION', `${whole('1', '2')}+rm -rf\n`],
    ['a huge diff', 'VERSION', hunk(1, '-1', '+2', ` ${' '.repeat(9_000)}`)],
    ['only context', 'VERSION', hunk(1, ' 1.0')],
    ['lines moved, not replaced', 'VERSION', hunk(1, '+1.1', ' ', '-1.0')],
  ];
  for (const [name, path, diff] of cases) it(name, () => assert.equal(judge(path, diff), false));

  const flags = [
    { newFile: true },
    { deletedFile: true },
    { renamed: true },
    { tooLarge: true },
    { oldPath: 'old/package.json' },
  ];
  for (const flag of flags)
    it(JSON.stringify(flag), () => assert.equal(isVersionBump([{ ...packageBump, ...flag }], known), false));
  it('a file that the policy does not list', () =>
    assert.equal(judge('package.json', packageBump.diff, ['pom.xml']), false));
  it('a file that is listed but not known', () =>
    assert.equal(judge('setup.py', whole('1', '2'), ['setup.py']), false));
  it('no file at all', () => assert.equal(isVersionBump([], known), false));
  it('one file of two', () =>
    assert.equal(isVersionBump([packageBump, fileOf('a.ts', whole('1', '2'))], known), false));
});
