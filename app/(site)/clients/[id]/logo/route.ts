export { logoDownload as GET } from '#features/connected-clients/logo/route-handler.ts';
