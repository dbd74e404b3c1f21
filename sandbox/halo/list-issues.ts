import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import { invalid } from './halo-refusal.ts';
import type { HaloStore } from './halo-store.ts';
import { parseFilter, type IssueFilter } from './issue-filter.ts';
import type { HaloIssue } from './model.ts';
import { toIssue } from './show-issue.ts';
import { toListedIssueV1 } from './show-issue-v1.ts';
import { firstBehind, orders, positionOf, type Order, type Position } from './sorted-rows.ts';

const mostPerPage = 100;

/**
 * `GET /v3/issues`. The cursor is a place in an order, not a count of rows: no row is left out because others come, change or go
 * between two pages, and a row that changes behind the cursor's time comes again. There are as many pages as it takes.
 */
export function listV3(store: HaloStore, request: VendorRequest, baseUrl: string): VendorResponse {
  const filter = parseFilter(request.query, 3);
  const size = pageSize(request.query);
  const after = parseCursor(request.query.get('cursor'), filter.order);
  const { rows, more } = collect(store, filter, after ?? { value: filter.from, n: -1 }, size);
  const last = rows.at(-1);
  const next = more && last ? { cursor: toCursor(filter.order, positionOf(filter.order, last)) } : undefined;
  const issues = rows.map((issue) => toIssue(issue, baseUrl));
  return { status: 200, body: { issues, pagination: toPagination(request, baseUrl, next) } };
}

/**
 * `GET /v1/issues`: pages are counted off, so that rows which join or leave the list between two pages move the others, as with every
 * such list.
 */
export function createListV1() {
  // The rows of the last query, so that its further pages cost no walk over all records.
  let kept: { key: string; rows: readonly HaloIssue[] } | undefined;

  return (store: HaloStore, request: VendorRequest, baseUrl: string): VendorResponse => {
    const filter = parseFilter(request.query, 1);
    const size = pageSize(request.query);
    const page = positive('page', request.query.get('page') ?? '1');
    const wanted = new URLSearchParams(request.query);
    for (const name of ['page', 'per_page', 'cursor']) wanted.delete(name);
    const key = `${store.version()}?${wanted.toString()}`;
    if (kept?.key !== key)
      kept = { key, rows: collect(store, filter, { value: filter.from, n: -1 }, Infinity).rows };
    const { rows } = kept;
    const next = page * size < rows.length ? { page: String(page + 1) } : undefined;
    const shown = rows.slice((page - 1) * size, page * size);
    const issues = shown.map((issue) => toListedIssueV1(issue, baseUrl));
    const pagination = toPagination(request, baseUrl, next);
    return { status: 200, body: { count: rows.length, issues, pagination } };
  };
}

function collect(
  store: HaloStore,
  { test, order, ids }: IssueFilter,
  after: Position,
  size: number,
): { rows: HaloIssue[]; more: boolean } {
  const source = ids ? named(store, ids, order) : store.sorted(order);
  const rows: HaloIssue[] = [];
  for (let at = firstBehind(source, order, after); at < source.length; at += 1) {
    const issue = source[at];
    if (!issue || !test(issue)) continue;
    if (rows.length === size) return { rows, more: true };
    rows.push(issue);
  }
  return { rows, more: false };
}

function named(store: HaloStore, ids: readonly string[], order: Order): HaloIssue[] {
  const found = [...new Set(ids)].map((id) => store.issue(id)).filter((issue) => issue !== undefined);
  const place = (issue: HaloIssue) => positionOf(order, issue);
  return found.sort((a, b) => place(a).value - place(b).value || a.n - b.n);
}

function toPagination(
  request: VendorRequest,
  baseUrl: string,
  next: Readonly<Record<string, string>> | undefined,
): object {
  if (!next) return {};
  const url = new URL(request.url, baseUrl);
  for (const [name, value] of Object.entries(next)) url.searchParams.set(name, value);
  return { next: url.href };
}

/** Opaque to callers. */
function toCursor(order: Order, { value, n }: Position): string {
  return Buffer.from(`${order}:${value}:${n}`).toString('base64url');
}

function parseCursor(text: string | null, order: Order): Position | undefined {
  if (text === null) return undefined;
  const [named, value, n] = Buffer.from(text, 'base64url').toString('latin1').split(':');
  const position = { value: Number(value), n: Number(n) };
  const known = orders.some((known) => known === named) && named === order;
  if (!known || !Number.isSafeInteger(position.value) || !Number.isSafeInteger(position.n))
    throw invalid('cursor', text, 'not a cursor of this list');
  return position;
}

/** More than a hundred are a hundred. */
function pageSize(query: URLSearchParams): number {
  return Math.min(positive('per_page', query.get('per_page') ?? String(mostPerPage)), mostPerPage);
}

function positive(field: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(field, text, 'a number from 1');
  return Number(text);
}
