export { signOut as POST } from '#lib/session/sign-out.ts';
