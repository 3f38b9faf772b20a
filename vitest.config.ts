import { defineConfig } from 'vitest/config';

// Two projects: `unit` starts no program and opens no port; `integration` uses the real tools.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
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
        },
      },
    ],
  },
});
