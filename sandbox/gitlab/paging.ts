import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import { badParameter } from './gitlab-refusal.ts';

const defaultPageSize = 20;
const maxPageSize = 100;

/** One page of a list with GitLab's offset-pagination headers. */
export function pageOf(items: readonly object[], request: VendorRequest, baseUrl: string): VendorResponse {
  const { page, size } = placeOf(request);
  const last = Math.max(1, Math.ceil(items.length / size));
  const pages = {
    first: 1,
    prev: page > 1 ? page - 1 : undefined,
    next: page < last ? page + 1 : undefined,
    last,
  };
  const headers = {
    'x-page': String(page),
    'x-per-page': String(size),
    'x-total': String(items.length),
    'x-total-pages': String(last),
    'x-next-page': String(pages.next ?? ''),
    'x-prev-page': String(pages.prev ?? ''),
    link: linkHeader(pages, size, new URL(request.url, baseUrl)),
  };
  return { status: 200, headers, body: items.slice((page - 1) * size, page * size) };
}

/**
 * As GitLab pages commits: it never counts them, so there are no totals, and a full page always names a next one, which may be empty
 * (`lib/api/commits.rb`).
 */
export function pageWithoutTotals(
  items: readonly object[],
  request: VendorRequest,
  baseUrl: string,
): VendorResponse {
  const { page, size } = placeOf(request);
  const shown = items.slice((page - 1) * size, page * size);
  const pages = {
    first: 1,
    prev: page > 1 ? page - 1 : undefined,
    next: shown.length === size ? page + 1 : undefined,
  };
  const headers = {
    'x-page': String(page),
    'x-per-page': String(size),
    'x-next-page': String(pages.next ?? ''),
    'x-prev-page': String(pages.prev ?? ''),
    link: linkHeader(pages, size, new URL(request.url, baseUrl)),
  };
  return { status: 200, headers, body: shown };
}

function placeOf({ query }: VendorRequest): { page: number; size: number } {
  const page = positive('page', query.get('page') ?? '1');
  const size = Math.min(positive('per_page', query.get('per_page') ?? `${defaultPageSize}`), maxPageSize);
  return { page, size };
}

function linkHeader(pages: Readonly<Record<string, number | undefined>>, size: number, url: URL): string {
  const links = Object.entries(pages).map(([relation, page]) => {
    if (page === undefined) return '';
    const target = new URL(url);
    target.searchParams.set('page', String(page));
    target.searchParams.set('per_page', String(size));
    return `<${target.href}>; rel="${relation}"`;
  });
  return links.filter((link) => link !== '').join(', ');
}

function positive(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badParameter(`${name} does not have a valid value`);
  return Number(text);
}
