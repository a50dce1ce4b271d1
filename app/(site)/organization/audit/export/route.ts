export { auditDownload as GET } from '#features/organization/audit/export.ts';
