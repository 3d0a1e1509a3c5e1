import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What takes half a minute and more, so that no core waits for another at the end. */
const LONG = /statistics|random-markets|agents\/contract|env\/market|tensor-native|ctr\/contract|gan\/creatives/u;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = (file: TestSpecification): boolean => LONG.test(file.moduleId);
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/built.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the cores of the machine we promise to fit: workers wait for the processes that their tests start.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
  },
});
