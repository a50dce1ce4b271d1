export { connectionsDownload as GET } from '#features/connected-clients/export/route-handlers.ts';
