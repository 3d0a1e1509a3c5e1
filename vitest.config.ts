import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/built.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores are the machine we promise to fit.
    maxWorkers: 2,
  },
});
