export { activityDownload as GET } from '#lib/session/downloads.ts';
