import { expect, test } from 'vitest';
import { parseStubStatus } from './stub-status.ts';

const page = `Active connections: 292 
server accepts handled requests
 16630948 16630940 31070465 
Reading: 6 Writing: 179 Waiting: 106 
`;

test('the page as Nginx prints it, less the request that fetched it', () => {
  expect(parseStubStatus(page)).toEqual({
    active: 291,
    accepts: 16_630_948,
    handled: 16_630_940,
    requests: 31_070_465,
    reading: 6,
    writing: 178,
    waiting: 106,
  });
});

test('another page is an error that shows it', () => {
  expect(() => parseStubStatus('<html>404')).toThrow('this is no stub_status page: "<html>404"');
});
