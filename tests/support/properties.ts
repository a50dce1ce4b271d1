import fc from 'fast-check';
import { TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** How many inputs the properties of a test were tried on; `npm test` adds them up. */
    generated?: number;
  }
}

fc.installGlobalPlugin(() => ({
  onAllRunsComplete({ numRuns }) {
    const meta = TestRunner.getCurrentTest()?.meta;
    if (meta) meta.generated = (meta.generated ?? 0) + numRuns;
  },
}));

/** fast-check, counting what it generates in the report of the test that it runs in. */
export { fc };
