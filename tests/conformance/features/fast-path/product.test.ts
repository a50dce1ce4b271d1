import { describe } from 'vitest';
import { testProduct } from '#tests/conformance/server/product.ts';
import { startStack } from '#tests/support/stack.ts';

describe('the product with the fast path off, in the official suite', () => {
  // The revisions of 2025 share one path through the SDK: the newest of each era is enough.
  testProduct('the product, fast path off', ['2025-11-25', '2026-07-28'], () =>
    startStack({ env: { MCP_FAST_PATH: 'off' } }),
  );
});
