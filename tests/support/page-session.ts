export * from '#scripts/demo/page-session.ts';
