export { connectionsDownload as GET } from '#lib/session/downloads.ts';
