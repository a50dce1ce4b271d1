import { describe, expect, test } from 'vitest';
import { sharedStack } from '#tests/support/shared-stack.ts';
import { conformanceDocument } from '../documentation.ts';
import { documentationRow, REVISIONS } from '../official-suite.ts';
import { testProduct } from './product.ts';

const TITLE = 'the product as it is deployed';

describe(`${TITLE}, in the official suite`, () => {
  const outcomes = testProduct(TITLE, REVISIONS, sharedStack);

  test('has the figures that the documentation gives', () => {
    expect(conformanceDocument()).toContain(documentationRow(TITLE, outcomes));
  });
});
