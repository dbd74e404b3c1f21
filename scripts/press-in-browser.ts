import { existsSync } from 'node:fs';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Presses a button of a request's message in the console's Slack pane, as a person would, in a real browser. */
export async function pressInBrowser(
  { console: base, control }: Pick<Endpoints, 'console' | 'control'>,
  { as, button, request }: { readonly as: string; readonly button: string; readonly request: string },
): Promise<'pressed' | 'no browser'> {
  const executablePath = process.env['CHROMIUM_PATH'] || places.find((place) => existsSync(place));
  if (!executablePath) return 'no browser';
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: flags, timeout: 30_000 });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${base}/?token=${control}`);
    await page.goto(`${base}/slack`);
    await page.getByLabel('Acting as').selectOption(as);
    const press = page.getByRole('button', { name: button });
    const message = page
      .getByRole('listitem')
      .filter({ hasText: `(${request})` })
      .filter({ has: press });
    await message.first().getByRole('button', { name: button }).click();
    await page.waitForLoadState();
    return 'pressed';
  } finally {
    await browser.close();
  }
}
