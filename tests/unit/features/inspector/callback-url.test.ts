import { expect, test } from 'vitest';
import { inspectorCallbackUrl } from '#features/inspector/server/sign-in/callback-url.ts';
import { clientRedirectUris } from '#lib/config/urls.ts';

test('the redirect URI of the inspector is in our own client metadata document', () => {
  const appUrl = 'https://app.example.com';
  expect(inspectorCallbackUrl({ appUrl })).toBe('https://app.example.com/inspector/callback');
  expect(clientRedirectUris({ appUrl })).toContain(inspectorCallbackUrl({ appUrl }));
});
