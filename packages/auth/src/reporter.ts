import type { Verdict } from './verdict.ts';

/** Tells an operator what keeps good tokens out: a sentence when it begins and when it ends, not for each request. */
export class Reporter {
  readonly #say: (sentence: string) => void;
  #isAway = false;
  #hasDoubted = false;

  constructor(say: (sentence: string) => void = console.error) {
    this.#say = say;
  }

  /** The issuer could not be asked, for the reason in the sentence. */
  away(sentence: string): void {
    if (!this.#isAway) this.#say(sentence);
    this.#isAway = true;
  }

  /** The issuer has answered. */
  reached(): void {
    if (this.#isAway) this.#say('the issuer can be reached again');
    this.#isAway = false;
  }

  /** The verdict; a doubt in it, a setting that does not fit the issuer's tokens, is told once. */
  noted(verdict: Verdict): Verdict {
    if (verdict.status !== 200 && verdict.doubt !== undefined && !this.#hasDoubted) {
      this.#hasDoubted = true;
      this.#say(verdict.doubt);
    }
    return verdict;
  }
}
