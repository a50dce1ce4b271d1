export { liveResponse as GET } from '#components/clients/live-response.ts';
