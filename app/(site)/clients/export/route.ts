export { connectionsDownload as GET } from '#features/connected-clients/downloads.ts';
