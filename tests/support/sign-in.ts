import { type SignIn, signIn } from '#dev/authkit/driver.ts';

/** Goes through local AuthKit's pages; returns the redirect back to the client. */
export function approve(
  authorizationUrl: string | URL,
  approval: Omit<SignIn, 'authorizationUrl'>,
): Promise<URL> {
  return signIn({ authorizationUrl, ...approval });
}
