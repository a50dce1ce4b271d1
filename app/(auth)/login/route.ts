export { startSignIn as GET } from '#lib/session/sign-in.ts';
