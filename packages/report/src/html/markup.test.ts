import { expect, test } from 'vitest';
import { html, jsonForScript, trusted } from './markup.ts';

test('text from data is escaped in content and in attributes, markup is not escaped twice', () => {
  const hostile = `"><script>alert('x')</script>&`;
  const inner = html`<b title="${hostile}">${hostile}</b>`;
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;';
  expect(html`<p>${inner}</p>`.text).toBe(`<p><b title="${escaped}">${escaped}</b></p>`);
});

test('lists are joined, false and undefined print nothing, 0 prints', () => {
  expect(html`${[html`<i>a</i>`, 'b<']}${false}${undefined}${0}${trusted('<hr>')}`.text).toBe(
    '<i>a</i>b&lt;0<hr>',
  );
});

test('data cannot end the script element it stands in, and is the same when read back', () => {
  const value = { text: '</script><!--\u2028' };
  const text = jsonForScript(value).text;
  expect(text).not.toMatch(/[<>\u2028]/);
  expect(JSON.parse(text)).toEqual(value);
});
