import type { TokenCheck, Verdict } from './verdict.ts';

/**
 * `check`, that tells an operator what keeps good tokens out: an issuer that cannot be reached, and again when it can,
 * and, once, a setting that does not fit the issuer's tokens. A sentence each time, not for each request.
 */
export function reporting(check: TokenCheck, say: (sentence: string) => void = console.error): TokenCheck {
  let away = false;
  let doubted = false;
  const report = (verdict: Verdict) => {
    if (verdict.status !== 200 && verdict.doubt !== undefined && !doubted) {
      doubted = true;
      say(verdict.doubt);
    }
    if ((verdict.status === 503) === away) return;
    away = !away;
    say(verdict.status === 503 ? verdict.reason : 'the issuer can be reached again');
  };
  return async (token) => {
    const verdict = await check(token);
    report(verdict);
    return verdict;
  };
}
