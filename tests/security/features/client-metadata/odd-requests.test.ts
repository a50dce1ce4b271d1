import { test } from 'vitest';
import { expectNoServerError, ODD_PARTS } from '#tests/support/odd-paths.ts';
import { signInToPages } from '#tests/support/page-session.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';

test.each(ODD_PARTS)('a URL with %s is no server error', async (odd) => {
  const { appUrl } = await sharedStack();
  const pages = await signInToPages(appUrl, 'ada');
  for (const path of [
    `/inspector/client-metadata?client_id=${odd}`,
    `/inspector/client-metadata/write?client_id=${odd}&client_name=${odd}&redirect_uris=${odd}`,
  ])
    await expectNoServerError(pages, path);
});
