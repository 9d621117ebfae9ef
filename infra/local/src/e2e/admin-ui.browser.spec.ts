import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { topics } from '@cairn/contracts';
import { openPostgresEventBus } from '@cairn/event-bus';
import { busSchema } from '@cairn/service-kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';

import { openBrowser, seriousFindings } from './browser.js';
import { PlatformUnderTest } from './platform-under-test.js';

const pictures = process.env['CAIRN_PICTURES'] ?? join(tmpdir(), 'cairn-pictures');

describe('the admin UI, on the sample', () => {
  let cairn: PlatformUnderTest;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];
  const open = async (path: string): Promise<void> => {
    await page.goto(`${cairn.platform.url}${path}`);
    await page.getByRole('main').waitFor();
  };
  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    cairn = await PlatformUnderTest.start({ sample: true, today: '2026-01-15' });
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(cairn.platform.url);
    await page.getByText('These people are synthetic').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /Marisol Rivera/ }).click();
    await page.waitForURL(/\/d\/mnps/);
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await cairn.stop();
  });

  test('the district page says where we stand, and with what', async () => {
    await open('/d/mnps?initiative=blended-learning');
    const sentence = page.getByRole('heading', { level: 1 });
    await sentence.filter({ hasText: 'of 155' }).waitFor();
    expect(await sentence.innerText()).toMatch(/\d+ of 155 schools have reached Initial Implementation in Blended learning/);
    await page.getByText('the people and events are synthetic').waitFor();
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
    await page.getByRole('slider', { name: 'Date of the page' }).waitFor();
    await picture('district');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('the past is tinted, says so, and takes no commands', async () => {
    await open('/d/mnps?initiative=blended-learning&effective=2025-10-01&recorded=2025-10-03');
    await page.getByText('Nothing can be recorded here').waitFor();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: /Oct\s1,\s2025/ }).waitFor();
    await picture('past');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to now' }).or(page.getByRole('button', { name: 'Back to now' })).first().click();
    await page.getByText('Nothing can be recorded here').waitFor({ state: 'detached' });
  });

  test('what is recorded on the page of a school is there when it says so', async () => {
    await open('/d/mnps?initiative=blended-learning');
    const table = page.getByRole('table').last();
    await table.getByRole('row', { name: /Initial Implementation.*Active/ }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'What happened', exact: true }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Record fidelity' }).first().click();
    await page.getByLabel('Score').fill('0.83');
    await page.getByLabel('Window').fill('browser window');
    await page.getByRole('button', { name: 'Record fidelity' }).last().click();
    await page.getByText('Fidelity 0.83, browser window').first().waitFor();
    await picture('school');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a refusal comes back in words and changes nothing', async () => {
    await page.getByRole('button', { name: 'Pause' }).first().click();
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    await page.getByRole('button', { name: 'Pause', exact: true }).last().click();
    await page.getByText('Say why.').first().waitFor();
  });

  test('a fact is corrected, and the correction is tied to it', async () => {
    const fact = page.getByRole('listitem').filter({ hasText: 'browser window' }).last();
    await fact.getByRole('link', { name: 'Correct', exact: true }).click();
    await page.getByLabel('Score').last().fill('0.38');
    await page.getByLabel('Why is it corrected?').fill('digits were swapped');
    await page.getByRole('button', { name: 'Correct', exact: true }).last().click();
    await page.getByText('Reason: digits were swapped').waitFor();
    await page.getByText('Fidelity 0.38, browser window').first().waitFor();
  });

  test('what changed adds up', async () => {
    await open('/d/mnps/changes?initiative=blended-learning&from=2025-09-01&to=2026-01-14');
    await page.getByText('before and the classes of change add up to after').waitFor();
    await picture('changes');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a roster is shown as a diff, then applied', async () => {
    await open('/d/mnps/import');
    const csv = 'district_id,school_id,school_name,enrollment\n0190,01900010,Amqui Elementary School,600\n0190,01999999,Browser Academy,12\n0190,01999998,,1\n';
    await page.locator('input[type=file]').setInputFiles({ name: 'roster.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Compare with what we have' }).click();
    await page.getByText('Browser Academy').first().waitFor();
    await page.getByText('Amqui Elementary School').first().waitFor();
    await picture('import');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Apply \d+ changes? as of/ }).click();
    await page.getByText(/The roster of .* is applied/).waitFor();
    await open('/d/mnps?initiative=blended-learning');
    await page.getByRole('link', { name: 'Browser Academy' }).waitFor();
  });

  test('operations says whether the platform is well, on what it stands, and derives a read model again beside the one that is read', async () => {
    await open('/d/mnps/operations');
    await page.getByRole('heading', { level: 1, name: 'Everything runs: 3 of 3 services are ready.', exact: true }).waitFor();
    for (const service of ['directory', 'scaling-plan', 'reporting']) {
      const row = page.getByRole('table').first().getByRole('row', { name: new RegExp(`^${service} Ready PostgreSQL record, bus, read models`) });
      expect(await row.count()).toBe(1);
    }
    const adoption = page.getByRole('row', { name: /^adoption of reporting/ });
    const owner = new pg.Client({ connectionString: cairn.databaseUrl });
    await owner.connect();
    try {
      // The build waits for this, so that it is not over before the page looks again.
      await owner.query(`BEGIN; SELECT 1 FROM reporting.projection_checkpoint WHERE projection = 'adoption' FOR UPDATE`);
      await page.getByRole('button', { name: 'Rebuild adoption of reporting' }).click();
      await adoption.getByText('Generation 2 is built').waitFor();
    } finally {
      await owner.end();
    }
    await adoption.getByText('the same in every row').waitFor();
    await page.getByRole('button', { name: 'Go back to the generation of adoption of reporting before' }).click();
    await adoption.getByRole('cell', { name: '1', exact: true }).waitFor();
    await picture('operations');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('what a service could not apply is shown with the reason, tried again, and dropped with a reason of its own', async () => {
    const broken = (id: string, sourcePosition: string) => ({ id, key: 'nobody', headers: {}, value: '{}', scope: 'scaling-plan', sourcePosition });
    const publish = async (...messages: readonly ReturnType<typeof broken>[]): Promise<void> => {
      const bus = openPostgresEventBus({ connection: { connectionString: cairn.databaseUrl }, schema: busSchema });
      await bus.publish(topics.scalingPlan.name, messages);
      await bus.close();
    };
    await publish(broken('broken-1', '900001'), broken('broken-2', '900002'));
    await page.getByRole('heading', { level: 1, name: /2 messages are parked/ }).waitFor();
    const parked = page.getByRole('listitem').filter({ hasText: 'nobody' });
    await parked.getByText('1 more message waits behind it').waitFor();
    await parked.getByRole('button', { name: 'Replay' }).click();
    await parked.getByText('It failed again').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await parked.getByRole('button', { name: 'Drop the first message of nobody' }).click();
    await parked.getByRole('button', { name: 'Drop the first message', exact: true }).click();
    await parked.getByText('Say why.').waitFor();
    await parked.getByLabel('Why is it given up?').fill('It was typed by hand.');
    // One more that comes meanwhile takes nothing of what was written.
    await publish(broken('broken-3', '900003'));
    await parked.getByText('2 more messages wait behind it').waitFor();
    expect(await parked.getByLabel('Why is it given up?').inputValue()).toBe('It was typed by hand.');
    await parked.getByRole('button', { name: 'Drop the first message', exact: true }).click();
    for (const rest of [/2 messages are parked/, /1 message is parked/]) {
      await page.getByRole('heading', { level: 1, name: rest }).waitFor();
      await parked.getByRole('button', { name: 'Drop the first message of nobody' }).click();
      await parked.getByLabel('Why is it given up?').fill('It was typed by hand.');
      await parked.getByRole('button', { name: 'Drop the first message', exact: true }).click();
    }
    await page.getByRole('heading', { level: 1, name: /services are ready\.$/ }).waitFor();
    await page.getByRole('status').filter({ hasText: 'The message was dropped' }).waitFor();
  });

  test('operations can be looked at while no district can be read, and the way there is shown', async () => {
    const away = { status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/unavailable', title: 'Not available now', status: 503 }) };
    await page.route('**/api/districts**', (route) => route.fulfill(away));
    await open('/d/mnps');
    await page.getByRole('link', { name: 'See what does not run' }).click();
    await page.getByRole('heading', { level: 1, name: 'Everything runs: 3 of 3 services are ready.', exact: true }).waitFor();
    await page.getByRole('table').first().getByRole('row', { name: /^reporting Ready/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/operations');
    await picture('operations-alone');
    expect(await seriousFindings(page)).toEqual([]);
    await page.unroute('**/api/districts**');
    await page.getByRole('link', { name: 'To the districts' }).click();
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
  });

  test('every screen is usable at 390 pixels', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['', '/changes', '/import', '/operations']) {
      await open(`/d/mnps${path}?initiative=blended-learning`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const { scrollWidth, clientWidth } = await page.evaluate<{ scrollWidth: number; clientWidth: number }>('({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })');
      expect({ path, wider: scrollWidth > clientWidth }).toEqual({ path, wider: false });
      await picture(`phone${path.replace('/', '-')}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('the keyboard alone reaches the page and its places', async () => {
    await open('/d/mnps?initiative=blended-learning');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the content');
    await page.keyboard.press('/');
    await page.getByPlaceholder('School, initiative or place').fill('Browser Academy');
    await page.getByRole('option', { name: /Browser Academy/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Browser Academy' }).waitFor();
  });

  test('no page failed on the way', () => {
    expect(failures).toEqual([]);
  });
});
