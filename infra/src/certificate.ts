import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { projectCache } from './project-cache.ts';

const run = promisify(execFile);

/** A server certificate for this machine's loopback names, PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** `mkcert` (trusted where `mkcert -install` was run) or `selfsigned`. */
  readonly madeBy: 'mkcert' | 'selfsigned';
}

const makers = ['mkcert', 'selfsigned'] as const;
const CERTIFICATE = 'cert.pem';
const KEY = 'key.pem';
const NAMES = ['localhost'];
const ADDRESSES = ['127.0.0.1', '::1'];
const DAY_MS = 86_400_000;

/**
 * The cached certificate, else one made by mkcert where it is installed, else a self-signed one. The key is ECDSA
 * P-256 in both cases: a handshake's cost depends on it (RSA-2048 signs many times slower).
 */
export async function certificateFiles(folder = join(projectCache, 'tls')): Promise<CertificateFiles> {
  for (const madeBy of makers) {
    if (await isValid(filesIn(folder, madeBy).certificate)) return filesIn(folder, madeBy);
  }
  await mkdir(folder, { recursive: true });
  for (const madeBy of makers) {
    const work = await mkdtemp(join(folder, 'new-'));
    try {
      await make[madeBy](join(work, CERTIFICATE), join(work, KEY));
      await moveInPlace(work, join(folder, madeBy));
      return filesIn(folder, madeBy);
    } catch (error) {
      if (madeBy === makers.at(-1)) throw error;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new Error('there is no way left to make a certificate');
}

function filesIn(folder: string, madeBy: CertificateFiles['madeBy']): CertificateFiles {
  return { certificate: join(folder, madeBy, CERTIFICATE), key: join(folder, madeBy, KEY), madeBy };
}

async function isValid(file: string): Promise<boolean> {
  try {
    const certificate = new X509Certificate(await readFile(file));
    return Date.parse(certificate.validTo) > Date.now() + DAY_MS;
  } catch {
    return false;
  }
}

/** Certificate and key move as one folder: another process never finds the one without the other. */
async function moveInPlace(work: string, place: string): Promise<void> {
  if (!(await isValid(join(place, CERTIFICATE)))) await rm(place, { recursive: true, force: true });
  await rename(work, place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
  });
}

const make: Record<CertificateFiles['madeBy'], (certificate: string, key: string) => Promise<void>> = {
  mkcert: async (certificate, key) => {
    const output = ['-cert-file', certificate, '-key-file', key];
    await run('mkcert', ['-ecdsa', ...output, ...NAMES, ...ADDRESSES]);
  },
  selfsigned: async (certificate, key) => {
    const pems = await generate([{ name: 'commonName', value: NAMES[0]! }], selfSignedOptions());
    await writeFile(key, pems.private, { mode: 0o600 });
    await writeFile(certificate, pems.cert);
  },
};

function selfSignedOptions(): Parameters<typeof generate>[1] {
  return {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...NAMES.map((value) => ({ type: 2 as const, value })),
          ...ADDRESSES.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  };
}
