import type { ServerConfig } from '@ws-arena/config/options';
import { compactVerify, errors } from 'jose';
import { IssuerKeys, KeysUnavailable, tokenAlgorithm } from './issuer-keys.ts';
import { Reporter } from './reporter.ts';
import { judge, type TokenCheck, unauthorized } from './verdict.ts';

/** Checks tokens by their signature with the issuer's keys: no question to the issuer for each. */
export function signatureCheck(config: ServerConfig, reporter = new Reporter()): TokenCheck {
  const keys = new IssuerKeys(config, reporter);
  return async (token) => {
    if (token === undefined) return unauthorized('there is no token');
    try {
      const keyOf = async ({ kid }: { kid?: string }) => {
        const key = kid === undefined ? undefined : await keys.key(kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      };
      const { payload } = await compactVerify(token, keyOf, { algorithms: [tokenAlgorithm] });
      return reporter.noted(judge(JSON.parse(new TextDecoder().decode(payload)), config));
    } catch (error) {
      if (error instanceof KeysUnavailable) return { status: 503, reason: error.message };
      return unauthorized(error instanceof errors.JOSEError ? error.code : 'it is no JWT');
    }
  };
}
