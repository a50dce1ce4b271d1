export { connectionsDownload as GET } from '#features/connected-clients/route-handlers.ts';
