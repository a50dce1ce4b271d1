export { dataDownload as GET } from '#features/account/download.ts';
