import { spawnSync } from 'node:child_process';
import { access, chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const version = '1.38.0';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>lockkeeper</groupId><artifactId>test-server</artifactId><version>1</version>
<dependencies><dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${version}</version></dependency></dependencies>
</project>`;

/**
 * Finds Temporal's time-skipping test server: `TEMPORAL_TEST_SERVER_PATH`, the cache, and at last Maven Central (Java 17 and
 * Maven needed). @returns an executable that takes a port
 * @throws naming what to install
 */
export async function resolveTestServer(options: {
  cacheDir: string;
  log: (line: string) => void;
}): Promise<string> {
  const named = process.env['TEMPORAL_TEST_SERVER_PATH'];
  if (named) return named;
  const home = path.join(options.cacheDir, `temporal-test-server-${version}`);
  const script = path.join(home, 'test-server');
  if (await exists(script)) return script;
  for (const [command, debian] of [
    ['java', 'openjdk-17-jre-headless'],
    ['mvn', 'maven'],
  ] as const)
    if (spawnSync(command, ['-version']).status !== 0)
      throw new Error(
        `The time-skipping tests need ${command} (apt-get install ${debian}), or TEMPORAL_TEST_SERVER_PATH.`,
      );
  options.log('fetching the time-skipping test server (Maven, once) …');
  await fetchJars(home, script);
  return script;
}

/** Fetched aside and renamed, so that a killed fetch leaves nothing half done. */
async function fetchJars(home: string, script: string): Promise<void> {
  const work = `${home}.fetching-${process.pid}`;
  try {
    await mkdir(work, { recursive: true });
    await writeFile(path.join(work, 'pom.xml'), pom);
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime'];
    const result = spawnSync('mvn', ['-q', '-B', ...goal], { cwd: work, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`mvn failed:\n${result.stdout}${result.stderr}`);
    const main = 'io.temporal.testserver.TestServer';
    const body = `#!/bin/sh\nexec java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$(dirname "$0")/jars/*" ${main} "$@"\n`;
    await writeFile(path.join(work, 'test-server'), body);
    await chmod(path.join(work, 'test-server'), 0o755);
    await rename(work, home);
    if (!(await exists(script))) throw new Error(`${script} is missing after the fetch`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
