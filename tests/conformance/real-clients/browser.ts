// What programs under test find as the browser of the machine: a person who signs in at local AuthKit, agrees, and
// lets the browser go where it is sent.
import { signIn } from '#dev/authkit/driver.ts';

const authorizationUrl = process.argv.at(-1) ?? '';
const callback = await signIn({ authorizationUrl, account: 'ada' });
await fetch(callback);
