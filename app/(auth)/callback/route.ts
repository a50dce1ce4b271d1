export { finishSignIn as GET } from '#lib/session/sign-in.ts';
