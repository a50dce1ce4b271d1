export { activityDownload as GET } from '#features/connected-clients/downloads.ts';
