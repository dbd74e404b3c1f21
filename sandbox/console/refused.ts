import type { Page } from './page.ts';
import { VendorRefusal } from './vendor-call.ts';

/** What a page says when its act was refused; errors of our own are thrown on. */
export function refused(error: unknown): Required<Pick<Page, 'status'>> & { problem: string } {
  if (error instanceof RangeError) return { status: 422, problem: error.message };
  if (!(error instanceof VendorRefusal)) throw error;
  return { status: error.status >= 400 && error.status < 500 ? 422 : 502, problem: error.message };
}
