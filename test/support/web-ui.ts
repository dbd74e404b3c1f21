import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Stack } from '../../sandbox/stack/start-stack.ts';
import { stepNames } from '../../workflows/agent-promotion/progress.ts';
import { searchAttributeNames } from '../../workflows/shared/names.ts';
import { launchChromium } from './chromium.ts';

/** For people to look at; each run overwrites the last one's. */
const screenshots = path.join(tmpdir(), 'lockkeeper-screenshots');

const activities = ['pinInstaller', 'copyToTest', 'ensurePipeline', 'launchTestInstance', 'publishObject'];

/**
 * What an operator sees of a promotion that ended in Done, in real Chromium (design §6): summary, checklist, search
 * attributes, activity names. Without Chromium it says so and checks nothing.
 */
export async function checkWebUi(stack: Pick<Stack, 'endpoints'>, workflowId: string): Promise<void> {
  const browser = await launchChromium();
  if (!browser) return;
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(20_000);
    const runPage = await openRun(page, stack.endpoints.ui, workflowId);
    await checkTimeline(page);
    await checkUserMetadata(page, runPage);
    await checkSearchAttributes(page, runPage);
  } finally {
    await browser.close();
  }
}

/** The link on tickets and in the console has no run id: the UI finds the latest run. @returns the run's address */
async function openRun(page: Page, uiUrl: string, workflowId: string): Promise<string> {
  await page.goto(`${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  await page.waitForURL('**/history');
  await page.getByRole('heading', { name: workflowId }).waitFor();
  await page.getByText('Completed', { exact: true }).first().waitFor();
  return page.url().replace(/\/history$/, '');
}

async function checkTimeline(page: Page): Promise<void> {
  for (const name of activities) await page.getByText(name).first().waitFor();
  await keepScreenshot(page, 'timeline');
}

/** Summary and current details are Markdown, which the UI shows in frames of their own. */
async function checkUserMetadata(page: Page, runPage: string): Promise<void> {
  await page.goto(`${runPage}/user-metadata`);
  const summary = page.frameLocator('iframe').first().getByText('Promote security agent');
  assert.match(await summary.innerText(), /^Promote security agent · DEVOPS-\d+$/);
  const checklist = page.frameLocator('iframe').last().getByRole('listitem');
  await checklist.first().waitFor();
  const steps = await checklist.allInnerTexts();
  assert.deepEqual(
    steps.map((text) => text.slice(0, 1)),
    // fully automatic: nobody is asked
    Object.keys(stepNames).map((name) => (name === 'approve' ? '–' : '☑')),
    steps.join('\n'),
  );
  for (const [index, name] of Object.values(stepNames).entries())
    assert.ok(steps[index]?.slice(2).startsWith(name), `${index}: ${name}`);
  await keepScreenshot(page, 'user-metadata');
}

async function checkSearchAttributes(page: Page, runPage: string): Promise<void> {
  await page.goto(`${runPage}/search-attributes`);
  await page.getByText(searchAttributeNames.process).waitFor();
  const shown = await page.locator('main, body').first().innerText();
  const { process, phase, ticket, target } = searchAttributeNames;
  assert.match(shown, new RegExp(`"${process}": "agent-promotion"`));
  assert.match(shown, new RegExp(`"${phase}": "\\w+"`));
  assert.match(shown, new RegExp(`"${ticket}": "DEVOPS-\\d+"`));
  assert.match(shown, new RegExp(`"${target}": "agent \\d+\\.\\d+\\.\\d+"`));
  await keepScreenshot(page, 'search-attributes');
}

async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `web-ui-${name}.png`), fullPage: true });
}
