/** Tests in a browser: the system's Chromium, one test at a time, since each file runs a service that compiles. */
import { defineConfig } from '@playwright/test';
import { chromium, jsonReport, retries } from './test/e2e/support/browser.ts';

export default defineConfig({
  testDir: 'test/e2e',
  preserveOutput: 'failures-only',
  workers: 1,
  forbidOnly: true,
  // One that passes only when it is tried again is listed as flaky at the end.
  retries,
  // Builds are waited for by what the page shows of them; only a test that fails takes so long.
  timeout: 120_000,
  expect: { timeout: 60_000 },
  reporter: jsonReport === null ? 'list' : [['list'], ['json', { outputFile: jsonReport }]],
  use: {
    browserName: 'chromium',
    launchOptions: chromium,
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
  },
});
