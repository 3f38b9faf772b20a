import { defineConfig } from 'vitest/config';

// A test that fails is tried so often again; only .ci/run wants it.
const retry = Number(process.env.KILN_TEST_RETRIES ?? 0);

// `unit` starts no program and opens no port; `integration` uses the real tools; `shell` starts the desktop.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Random cases by the hundred take seconds where compilers run beside them.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          retry,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Compilers are started by these tests; more files at once only make each slower.
          maxWorkers: 2,
          retry,
        },
      },
      {
        test: {
          name: 'shell',
          include: ['test/electron/**/*.test.ts'],
          // Each starts programs with windows; only a test that fails takes so long.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          retry,
        },
      },
    ],
  },
});
