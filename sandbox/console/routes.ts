import { html } from './html.ts';
import type { ConsoleVendors, Page, PageRequest, PageRoute, Redirect } from './page.ts';
import { installerRoutes } from './pages/installers.ts';
import { linkRoutes } from './pages/links.ts';
import { newTicketRoutes } from './pages/new-ticket.ts';
import { slackRoutes } from './pages/slack.ts';
import { ticketPageRoutes } from './pages/ticket.ts';
import { ticketRoutes } from './pages/tickets.ts';
import { refused } from './refused.ts';

export type AnswerPage = (
  method: string | undefined,
  path: string,
  request: Omit<PageRequest, 'params'>,
) => Promise<Page | Redirect>;

/** Every page of the console. A vendor that does not answer makes a page that says so. */
export function createPages(vendors: ConsoleVendors, uiUrl: string): AnswerPage {
  const routes: PageRoute[] = [
    { method: 'GET', path: /^\/$/, handle: () => ({ redirect: '/tickets' }) },
    ...ticketRoutes(vendors, uiUrl),
    ...newTicketRoutes(vendors),
    ...ticketPageRoutes(vendors, uiUrl),
    ...installerRoutes(vendors),
    ...slackRoutes(vendors),
    ...linkRoutes(vendors, uiUrl),
  ];
  return async (method, path, request) => {
    const route = routes.find((candidate) => candidate.method === method && candidate.path.test(path));
    if (!route) return notFound;
    try {
      return await route.handle({ ...request, params: route.path.exec(path)?.groups ?? {} });
    } catch (error) {
      return { path, title: 'That did not work', ...refused(error) };
    }
  };
}

const notFound: Page = {
  path: '/tickets',
  title: 'No such page',
  status: 404,
  fixed: html`<p>Nothing is here. <a href="/tickets">To the tickets</a></p>`,
};
