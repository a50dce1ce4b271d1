export { logoDownload as GET } from '#lib/session/downloads.ts';
