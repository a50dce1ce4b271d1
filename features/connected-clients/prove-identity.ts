import { type ClientRecord, type Identity, identify } from './client-identity.ts';
import { documentProof } from './document/read-metadata.ts';

type Proof = (row: ClientRecord, userId: string) => Promise<Identity | undefined>;

/** Sources of an identity besides the connection, in order; the first answer counts. */
const PROOFS: readonly Proof[] = [documentProof];

/** The identity of a client as far as it can be proven. May take as long as a fetch from another server. */
export async function proveIdentity(row: ClientRecord, userId: string): Promise<Identity> {
  for (const proof of PROOFS) {
    const identity = await proof(row, userId);
    if (identity !== undefined) return identity;
  }
  return identify(row);
}
