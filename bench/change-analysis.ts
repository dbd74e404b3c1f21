import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createGitlabChangesClient } from '../activities/gitlab/changes/client.ts';
import { installHttp } from '../activities/http.ts';
import { createHistory, type History, type HistoryShape } from './change-history.ts';
import { toFigure, type Figure } from './figure.ts';
import type { Measured } from './report.ts';

const latencyMs = 50;
const maxSeconds = 20;
const maxCalls = 30;
/** 1,000 commits each, of few and of many merge requests; the first with ten version bumps, whose contents are read. */
const shapes: readonly HistoryShape[] = [
  { mergeRequests: 99, commitsEach: 10, bumps: 10 },
  { mergeRequests: 250, commitsEach: 4 },
];

/** GitLab as far as an analysis asks it, over HTTP, each answer late. */
async function withLateGitlab<T>(history: History, run: (url: string, calls: () => number) => Promise<T>) {
  let calls = 0;
  const server = http.createServer((request, response) => void answer(request, response));
  async function answer(request: http.IncomingMessage, response: http.ServerResponse) {
    calls += 1;
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    const text = Buffer.concat(chunks).toString('utf8');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    await delay(latencyMs);
    const found = history.answer({ path: url.pathname, query: url.searchParams, body });
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { message: '404 Not found' }));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => calls);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Seconds and calls of one analysis, at the rate that a worker keeps by default. */
async function analyse(shape: HistoryShape): Promise<{ seconds: number; calls: number; reviewed: number }> {
  const history = createHistory(shape);
  return withLateGitlab(history, async (baseUrl, calls) => {
    const people = {
      ofUser: (name: string) => `gitlab:${name}`,
      ofEmail: (email: string) => `email:${email}`,
    };
    const guard = () => Promise.reject(new Error('an analysis writes nothing'));
    const gitlab = createGitlabChangesClient({ baseUrl, token: 'bench', people, guard });
    const rules = { mode: 'strict', bots: [], versionFiles: ['package.json'] } as const;
    const began = performance.now();
    const review = await gitlab.reviewCode({
      project: 'shop/web',
      from: history.from,
      to: history.to,
      rules,
    });
    const seconds = (performance.now() - began) / 1000;
    if (review.commits !== history.commits) throw new Error(`${review.commits} commits were judged`);
    return { seconds, calls: calls(), reviewed: review.reviewed + review.exempt };
  });
}

/** `npm run bench -- change-analysis`: the analysis of 1,000 commits by its calls and its time. */
export async function benchChangeAnalysis({
  runs,
  log,
}: {
  runs: number;
  log: (line: string) => void;
}): Promise<Measured> {
  const connections = installHttp();
  try {
    const figures: Figure[] = [];
    for (const shape of shapes) {
      const found: Awaited<ReturnType<typeof analyse>>[] = [];
      for (let run = 1; run <= runs; run += 1) {
        found.push(await analyse(shape));
        log(`${shape.mergeRequests} merge requests, run ${run}: ${found.at(-1)?.seconds.toFixed(1)} s`);
      }
      figures.push(...toFigures(shape, found));
    }
    return {
      figures,
      notes: [`each answer ${latencyMs} ms late; at most 20 calls a second after a burst of 100`],
    };
  } finally {
    await connections.close();
  }
}

function toFigures(
  { mergeRequests, commitsEach, bumps = 0 }: HistoryShape,
  found: Awaited<ReturnType<typeof analyse>>[],
): Figure[] {
  const commits = mergeRequests * commitsEach + bumps;
  const name = `${commits} commits of ${mergeRequests} merge requests`;
  const seconds = found.map((one) => one.seconds);
  const calls = found.map((one) => one.calls - mergeRequests);
  const reviewed = found.map((one) => one.reviewed);
  return [
    toFigure(`${name}: analysed`, 's', seconds, { of: 'max', is: '<', value: maxSeconds }),
    toFigure('  calls besides one a merge request', 'count', calls, { of: 'max', is: '<=', value: maxCalls }),
    toFigure('  reviewed or exempt', 'count', reviewed, { of: 'min', is: '>=', value: commits }),
  ];
}
