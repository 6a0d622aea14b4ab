import { expect, test } from 'vitest';
import { factRows, factsOf, features, libraryFacts, sources } from './facts.ts';

test('every library has every fact, and every fact a source', () => {
  for (const library of libraryFacts) {
    for (const { id } of factRows) {
      expect(library.facts[id].text, `${library.target} ${id}`).not.toBe('');
      expect(library.facts[id].sources.length, `${library.target} ${id}`).toBeGreaterThan(0);
    }
  }
});

test('every source is used, so the list names nothing that was not read for a fact', () => {
  const used = libraryFacts.flatMap((library) => factRows.flatMap(({ id }) => library.facts[id].sources));
  expect(Object.keys(sources).filter((id) => !used.some((one) => one === id))).toEqual([]);
});

test('features are counted by ids of the list, and a fact of "None" is never a feature', () => {
  const ids = features.map(({ id }) => id);
  for (const library of libraryFacts) {
    expect(ids).toEqual(expect.arrayContaining([...library.features]));
    for (const id of library.features) expect(library.facts[id].text).not.toMatch(/^None/);
  }
});

test('a variant has the facts of its library, and a stranger none', () => {
  expect(factsOf('socketio-msgpack')?.library).toBe('socket.io');
  expect(factsOf('wsx')).toBeUndefined();
});
