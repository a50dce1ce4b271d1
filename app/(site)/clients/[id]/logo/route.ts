export { logoDownload as GET } from '#features/connected-clients/downloads.ts';
