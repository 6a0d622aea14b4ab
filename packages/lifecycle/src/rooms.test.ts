import { expect, test } from 'vitest';
import { Rooms } from './rooms.ts';

test('a room holds those who joined and have not left, each once', () => {
  const rooms = new Rooms<string>();
  rooms.join('a', 'x');
  rooms.join('a', 'y');
  rooms.join('a', 'x');
  rooms.join('b', 'z');
  rooms.leave('a', 'x');
  rooms.leave('a', 'nobody');
  rooms.leave('c', 'x');
  expect([...rooms.membersOf('a')]).toEqual(['y']);
  rooms.leave('a', 'y');
  expect([...rooms.membersOf('a')]).toEqual([]);
  expect([...rooms.membersOf('b')]).toEqual(['z']);
});

test('the first member and the last are told of, once', () => {
  const rooms = new Rooms<string>();
  const told: string[] = [];
  rooms.onFirst = (topic) => told.push(`first of ${topic}`);
  rooms.onLast = (topic) => told.push(`last of ${topic}`);
  rooms.join('a', 'x');
  rooms.join('a', 'y');
  rooms.leave('a', 'x');
  rooms.leave('a', 'x');
  rooms.leave('a', 'y');
  rooms.leave('a', 'y');
  expect(told).toEqual(['first of a', 'last of a']);
});
