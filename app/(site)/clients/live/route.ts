export { liveResponse as GET } from '#features/connected-clients/live/live-response.ts';
