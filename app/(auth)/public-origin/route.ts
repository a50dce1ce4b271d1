export { goToPublicOrigin as GET } from '#lib/session/public-origin.ts';
