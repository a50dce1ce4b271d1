/** Whether this is `next dev`, whose tooling needs `eval` and a web socket. */
export const development = process.env.NODE_ENV === 'development';
