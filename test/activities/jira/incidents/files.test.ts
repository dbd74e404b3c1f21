import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installHttp } from '../../../../activities/http.ts';
import type { IncidentTickets } from '../../../../activities/jira/incidents/port.ts';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import { startIncidents, ticketsAt, type IncidentWorld } from './incident-site.ts';

async function readAll({ body }: Awaited<ReturnType<IncidentTickets['download']>>) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, sha256: hash.digest('hex') };
}

describe('files of incident issues', () => {
  let world: IncidentWorld;
  let folder: string;
  before(async () => {
    world = await startIncidents();
    folder = await mkdtemp(path.join(tmpdir(), 'incident-files-'));
  });
  after(async () => {
    await world.stop();
    await rm(folder, { recursive: true });
  });

  async function fileOf(content: Buffer): Promise<{ file: string; size: number; sha256: string }> {
    const file = path.join(folder, 'file');
    await writeFile(file, content);
    return { file, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  }

  it('go up and come down, byte by byte, once', async () => {
    const issueId = await world.issue();
    // with what ends a part in it, at the beginning and in the end
    const ends = Buffer.from('\r\n--\r\n\r\n--lockkeeper--\r\n');
    const { file, size, sha256 } = await fileOf(Buffer.concat([ends, randomBytes(3_000_000), ends]));
    const fileName = 'a "b" ü\u202e.bin';
    const { attachmentId } = await world.tickets.upload(issueId, { fileName, file, size });
    assert.deepEqual(await world.tickets.upload(issueId, { fileName, file, size }), { attachmentId });
    const { attachments } = await world.tickets.readIssue(issueId, []);
    assert.deepEqual(
      attachments.map((one) => [one.id, one.fileName, one.size, one.byBot]),
      [[attachmentId, fileName, size, true]],
    );
    const download = await world.tickets.download(attachmentId);
    assert.equal(download.size, size);
    assert.deepEqual(await readAll(download), { size, sha256 });
  });

  it('are looked for after a lost answer', async () => {
    const issueId = await world.issue();
    const { file, size } = await fileOf(Buffer.from('x'));
    const upload = () => world.tickets.upload(issueId, { fileName: 'x.txt', file, size });
    await world.jira.control('faults', { match: { method: 'POST', path: '/attachments$' }, mode: 'lost' });
    await assertFails(upload, 'Unavailable');
    const { attachmentId } = await upload();
    const { attachments } = await world.tickets.readIssue(issueId, []);
    assert.deepEqual(
      attachments.map(({ id }) => id),
      [attachmentId],
    );
  });

  it('of another size than was said are not sent', async () => {
    const issueId = await world.issue();
    const { file } = await fileOf(Buffer.from('xyz'));
    const upload = () => world.tickets.upload(issueId, { fileName: 'x.txt', file, size: 2 });
    assert.match((await assertFails(upload, 'InvalidInput')).message, /it has 3 bytes, not 2/);
  });

  it('that are not there are NotFound', async () => {
    await assertFails(() => world.tickets.download('99999'), 'NotFound');
  });
});

describe('downloads from a site and its media store', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp()));
  after(() => http.close());
  const content = (respond: Respond): Expected => ({
    ...{ method: 'GET', path: '/rest/api/3/attachment/content/7', respond },
  });
  const to = (location: string): Respond => ({ status: 303, headers: { location } });

  it('go on to another host without the credential', async () => {
    const stored: Expected = { method: 'GET', path: '/file', respond: { body: 'bytes' } };
    await withLoopback([stored], async (media, seenThere) => {
      await withLoopback([content(to(`${media}/file?token=secret`))], async (url, seen) => {
        const { size } = await readAll(await ticketsAt(url).download('7'));
        assert.equal(size, 5);
        assert.match(seen[0]?.headers.authorization ?? '', /^Basic /);
        assert.equal(seenThere[0]?.headers.authorization, undefined);
        assert.equal(seenThere[0]?.headers['accept-encoding'], 'identity');
      });
    });
  });

  for (const location of [
    'file:///etc/passwd',
    'ftp://a.test/x',
    'https://[bad',
    '/rest/api/3/attachment/content/7',
  ])
    it(`do not follow ${JSON.stringify(location)} for ever`, async () => {
      const isLoop = location.startsWith('/');
      const expected = Array.from({ length: isLoop ? 4 : 1 }, () => content(to(location)));
      await withLoopback(expected, async (url) => {
        const failure = await assertFails(() => ticketsAt(url).download('7'), 'UnsupportedResponse');
        assert.doesNotMatch(failure.message, /passwd|a\.test/);
      });
    });

  it('that end early fail', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('short', () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const download = await ticketsAt(`http://127.0.0.1:${port}`).download('7');
    assert.equal(download.size, 10);
    await assertFails(() => readAll(download), 'Unavailable');
    server.close();
  });

  for (const [name, respond, type] of vendorFailures.filter(([one]) => one !== 'no answer'))
    it(`meet ${name}: ${type}`, async () => {
      await withLoopback([content(respond)], async (url) => {
        await assertFails(() => ticketsAt(url).download('7'), type, respond);
      });
    });
});
