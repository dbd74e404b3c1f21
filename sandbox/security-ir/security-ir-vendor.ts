import { randomUUID } from 'node:crypto';
import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import { attachmentOperations } from './attachment-operations.ts';
import { createAttachmentStore } from './attachment-store.ts';
import { createCaller, type Refusals } from './caller.ts';
import { createCaseEvents, type Publish } from './case-events.ts';
import { caseOperations } from './case-operations.ts';
import { createCaseStore } from './case-store.ts';
import { commentOperations } from './comment-operations.ts';
import { generateCases } from './generate-cases.ts';
import type { KeyRing } from './key-ring.ts';
import { createMembership, membershipOperations } from './membership.ts';
import { ok, type Operation } from './operation.ts';
import { securityIrControls } from './security-ir-controls.ts';
import { invalid, SirRefusal } from './sir-refusal.ts';
import { tagOperations } from './tag-operations.ts';
import { createClientTokens } from './tokens.ts';

export interface SecurityIrOptions {
  /** Of the membership. */
  readonly account: string;
  readonly region: string;
  readonly keys: KeyRing;
  readonly publish: Publish;
  readonly now?: () => Date;
}

/**
 * AWS Security Incident Response for startFront: one membership, its cases, comments and attachments, behind real signatures and rights;
 * each change of a case goes out as an event. What it answers is judged by AWS's own model, see test/sandbox/security-ir. Memberships
 * are read only; investigations are not served. Controls: see securityIrControls.
 */
export function createSecurityIrVendor(options: SecurityIrOptions): Vendor {
  const { account, region, keys, publish, now = () => new Date() } = options;
  const events = createCaseEvents({ account, region, publish });
  const store = createCaseStore({ account, region, now, events });
  const attachments = createAttachmentStore(() => store, now);
  const membership = createMembership(account, region, store.seconds());
  const tokens = createClientTokens<string>();
  const refusals: Refusals = { denied: [], throttledUntil: 0, throttled: 0 };
  const callers = createCaller({ account, region, keys, now, membership, refusals });
  const routes = toRoutes([
    ...caseOperations(tokens),
    ...commentOperations(tokens),
    ...attachmentOperations(tokens),
    ...membershipOperations,
    ...tagOperations,
  ]);
  const routeOf = ({ method, path }: VendorRequest) =>
    routes.find((route) => route.operation.method === method && route.path.test(path));

  async function answer(request: VendorRequest): Promise<VendorResponse> {
    if (attachments.isPath(request.path)) return attachments.answer(request);
    const key = await callers.authenticate(request);
    const route = routeOf(request);
    if (!route) throw invalid('Unknown operation', 'UNKNOWN_OPERATION');
    const labels = decodeLabels(route.path, request.path);
    await callers.authorize(key, route.operation, labels['caseId']);
    const baseUrl = `http://${request.headers.host ?? '127.0.0.1'}`;
    const call = { request, store, attachments, membership, labels, baseUrl, by: key.principalArn };
    return ok(route.operation.status ?? 200, await route.operation.handle(call));
  }

  return {
    name: 'security-ir',
    actor: (request) => callers.actorOf(request),
    kind: (request) =>
      attachments.isPath(request.path) ? 'attachment' : (routeOf(request)?.operation.name ?? 'unknown'),
    async handle(request) {
      const headers = { 'x-amzn-requestid': randomUUID(), 'content-type': 'application/json' };
      try {
        const answered = await answer(request);
        return { ...answered, headers: { ...headers, ...answered.headers } };
      } catch (error) {
        if (!(error instanceof SirRefusal)) throw error;
        return { ...error.response, headers: { ...headers, ...error.response.headers } };
      }
    },
    reset() {
      store.reset();
      events.reset();
      attachments.reset();
      tokens.clear();
      membership.status = 'Active';
      Object.assign(refusals, { denied: [], throttledUntil: 0, throttled: 0 });
    },
    seed: (input) => generateCases(store, input),
    controls: securityIrControls({ store, events, attachments, membership, refusals, now }),
    stop() {
      attachments.reset();
      events.reset();
    },
  };
}

interface Route {
  readonly operation: Operation;
  readonly path: RegExp;
}

function toRoutes(operations: readonly Operation[]): readonly Route[] {
  return operations.map((operation) => ({
    operation,
    path: new RegExp(`^${operation.uri.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }));
}

function decodeLabels(form: RegExp, path: string): Readonly<Record<string, string>> {
  const groups = Object.entries(form.exec(path)?.groups ?? {});
  return Object.fromEntries(groups.map(([name, text]) => [name, decode(text)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('The path is not percent-encoded', 'CANNOT_PARSE');
  }
}
