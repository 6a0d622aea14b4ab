import { certificateFiles } from '@ws-arena/infra/certificate';
import { defaultSpec, type TlsSpec } from '@ws-arena/load/load-spec';
import { tlsOf, type Way } from './tls-choice.ts';

/**
 * The generator's side of TLS. Certificates are verified, unless `--insecure` was given: that of the project's own proxy
 * against itself, any other against the system's authorities.
 */
export async function clientTls(way: Way, { insecure }: { readonly insecure: boolean }): Promise<TlsSpec> {
  const own = way.route === 'nginx-tls' && { ...tlsOf(way), ca: (await certificateFiles()).certificate };
  return { ...defaultSpec.tls, verify: !insecure, ...own };
}
