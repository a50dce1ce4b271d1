export { liveResponse as GET } from '#features/connected-clients/live-response.ts';
