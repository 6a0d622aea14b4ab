import { block } from './nginx-text.ts';

/** The cookie's name: its value is the key that `hash` takes, and says nothing of the instance. */
const COOKIE = 'route';

/**
 * Lines for the `http` block: a client without the cookie is given a random one, and is sent by it from then on.
 * `hash` and a cookie do what the directive `sticky` does in Nginx 1.29.6 and later, on every Nginx.
 */
export function routeMaps({ path, secure }: { readonly path: string; readonly secure: boolean }): string[] {
  const attributes = `Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return [
    block(`map $cookie_${COOKIE} $route`, [`default $cookie_${COOKIE};`, "'' $request_id;"]),
    block(`map $cookie_${COOKIE} $route_cookie`, [
      "default '';",
      `'' "${COOKIE}=$request_id; ${attributes}";`,
    ]),
    '',
  ];
}

/** Lines for the location of the sessions. */
export const routeCookie = ['add_header Set-Cookie $route_cookie always;'];
