import { receiveWebhook } from '#features/webhooks/receive.ts';
import { everyMethod } from '#lib/http/every-method.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod(receiveWebhook);
