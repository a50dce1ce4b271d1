export { auditDownload as GET } from '#features/organization/export.ts';
