export { callbackRoute as GET } from '#features/inspector/server/callback-route.ts';
