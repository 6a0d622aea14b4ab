import { NginxUnavailable } from '../nginx-binary.ts';
import { type ModularNginx, nginxWithModules } from '../nginx-modules.ts';

/** An Nginx with njs and Lua, or undefined where none can be had: then its tests do not run, and the reason is printed. */
export const modulesHere: ModularNginx | undefined = await nginxWithModules().catch((error: unknown) => {
  if (!(error instanceof NginxUnavailable)) throw error;
  console.warn(`skipped: njs and Lua in Nginx: ${error.message}`);
  return undefined;
});
