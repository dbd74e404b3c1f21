import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** A real Chromium that calls nobody by itself; it also runs as root in a container. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** CHROMIUM_PATH, or where distributions put it; undefined where there is none. */
function findChromium(): string | undefined {
  const chosen = process.env['CHROMIUM_PATH'];
  return chosen === undefined || chosen === '' ? places.find((place) => existsSync(place)) : chosen;
}

/** Where there is no Chromium, says so loudly and answers undefined: skip then. Close the browser afterwards. */
export async function launchChromium(): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: flags, timeout: 30_000 });
  console.warn('SKIPPED: browser checks. No Chromium here: apt-get install chromium, or set CHROMIUM_PATH');
  return undefined;
}
