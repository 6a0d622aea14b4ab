import { expect, test } from 'vitest';
import { documents, withResults } from './report-commands.ts';

test.each(documents)(
  'the result table of %s is that of the reference run (else: pnpm bench readme)',
  (document) => {
    const { before, after } = withResults(document);
    expect(before).toBe(after);
  },
);
