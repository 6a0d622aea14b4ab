import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';
import { projectRoot } from '../project-cache.ts';

/** A value that YAML can hold. */
export type Yaml = string | number | boolean | null | Yaml[] | { [key: string]: Yaml };

/** The text of a file in infra/. */
export function infraText(path: string): string {
  return readFileSync(join(projectRoot, 'infra', path), 'utf8');
}

/** What `kubectl apply -k` reads first; no manifest itself. */
export const kustomizationPath = 'k8s/kustomization.yaml';

/** The Kubernetes manifests, by their path in infra/. */
export const manifestPaths = readdirSync(join(projectRoot, 'infra/k8s'))
  .filter((name) => name.endsWith('.yaml') && `k8s/${name}` !== kustomizationPath)
  .map((name) => `k8s/${name}`);

/** Every document of a YAML file in infra/. @throws Error when it does not parse, a duplicate key included. */
export function yamlDocuments(path: string): Yaml[] {
  const text = infraText(path);
  const documents = path.startsWith('k8s/')
    ? [...parseAllDocuments(text)]
    : [parseDocument(text, { merge: true })];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`, { cause: error });
    return document.toJS() as Yaml;
  });
}

/**
 * The value at a path such as `spec.template.spec.containers.0.image`.
 * @throws Error when there is none, so that a test cannot pass on what is not there.
 */
export function at(root: Yaml, path: string): Yaml {
  let value: Yaml = root;
  for (const key of path.split('.')) {
    const next: Yaml | undefined =
      value !== null && typeof value === 'object'
        ? Array.isArray(value)
          ? value[Number(key)]
          : value[key]
        : undefined;
    if (next === undefined) throw new Error(`nothing at ${key} of ${path} in ${JSON.stringify(root)}`);
    value = next;
  }
  return value;
}

/** The value at a path, as text. @throws Error when there is none, or it is not a scalar. */
export function textAt(root: Yaml, path: string): string {
  const value = at(root, path);
  if (value !== null && typeof value === 'object') throw new Error(`${path} is not a scalar`);
  return String(value);
}

/** The object at a path. @throws Error when there is none. */
export function objectAt(root: Yaml, path: string): { [key: string]: Yaml } {
  const value = at(root, path);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`${path} is no object`);
  return value;
}

/** The list at a path. @throws Error when there is none. */
export function listAt(root: Yaml, path: string): Yaml[] {
  const value = at(root, path);
  if (!Array.isArray(value)) throw new Error(`${path} is no list`);
  return value;
}

/** `text` with `${NAME:-default}` replaced by the default, as Compose does when NAME is not set. */
export function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');
}

/** The manifest of a kind, and of a name where several are of that kind. @throws Error unless there is exactly one. */
export function manifest(kind: string, name?: string): Yaml {
  const [found, ...others] = manifestPaths
    .flatMap(yamlDocuments)
    .filter(
      (document) =>
        textAt(document, 'kind') === kind &&
        (name === undefined || textAt(document, 'metadata.name') === name),
    );
  if (!found) throw new Error(`no ${kind} ${name ?? ''} in infra/k8s`);
  if (others.length > 0) throw new Error(`${others.length + 1} of ${kind} ${name ?? ''} in infra/k8s`);
  return found;
}
