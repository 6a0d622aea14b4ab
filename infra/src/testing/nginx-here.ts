import { type NginxBinary, NginxUnavailable, nginxBinary } from '../nginx-binary.ts';

/** The Nginx that tests run on, or undefined where none can be had: then its tests do not run, and the reason is printed. */
export const nginxHere: NginxBinary | undefined = await nginxBinary().catch((error: unknown) => {
  if (!(error instanceof NginxUnavailable)) throw error;
  console.warn(`skipped: a real Nginx: ${error.message}`);
  return undefined;
});
