import { infraText } from './deployment-files.ts';

/** One stage of the Dockerfile, with what it inherits from the stages it is built from. */
export interface Stage {
  readonly user: string | undefined;
  readonly healthcheck: string | undefined;
  readonly command: readonly string[];
}

/** The stages of infra/Dockerfile by name. */
export function dockerStages(): Map<string, Stage> {
  const text = infraText('Dockerfile').replace(/\\\n\s*/g, ' ');
  const stages = new Map<string, Stage>();
  for (const part of text.split(/^(?=FROM )/m).slice(1)) {
    const from = /^FROM (\S+) AS (\S+)$/m.exec(part);
    if (!from) throw new Error(`a stage without a name: ${part.split('\n')[0]}`);
    const parent = stages.get(from[1]!);
    const last = (instruction: string) =>
      [...part.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].at(-1)?.[1];
    const command = last('ENTRYPOINT') ?? last('CMD');
    stages.set(from[2]!, {
      user: last('USER') ?? parent?.user,
      healthcheck: last('HEALTHCHECK') ?? parent?.healthcheck,
      command: command ? (JSON.parse(command) as string[]) : (parent?.command ?? []),
    });
  }
  return stages;
}
