import type { AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { Behaviour } from '../options.ts';
import type { Store } from './store.ts';

/** Where `oidc-provider` keeps its models: one collection of the store for each. */
export function storeAdapter(store: Store, behaviour: Behaviour): AdapterFactory {
  return (model) => {
    const records = store.collection<AdapterPayload>(model);
    const findBy = (key: 'uid' | 'userCode', value: string) =>
      records.where((payload) => payload[key] === value)[0]?.[1];
    return {
      upsert: (id, payload, expiresIn) => records.set(id, payload, expiresIn),
      async find(id) {
        const payload = records.get(id);
        if (model !== 'RefreshToken' || typeof payload?.consumed !== 'number') return payload;
        const { consumed, ...rest } = payload;
        return Date.now() / 1000 - consumed < behaviour.refreshReuseGraceSeconds ? rest : payload;
      },
      findByUid: async (uid) => findBy('uid', uid),
      findByUserCode: async (userCode) => findBy('userCode', userCode),
      destroy: (id) => records.delete(id),
      async consume(id) {
        const payload = records.get(id);
        if (payload === undefined) return;
        const now = Math.floor(Date.now() / 1000);
        const lifetime = payload.exp === undefined ? undefined : payload.exp - now;
        await records.set(id, { ...payload, consumed: now }, lifetime);
      },
      revokeByGrantId: (grantId) =>
        records.delete(records.where((payload) => payload.grantId === grantId).map(([id]) => id)),
    };
  };
}
