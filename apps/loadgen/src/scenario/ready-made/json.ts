import type { Scenario, ScenarioParams } from '../scenario.ts';

const DEFAULT_MESSAGE = '{"id":"{slot}","text":"{content}"}';

/**
 * Messages of JSON with an id, and answers that bring it back. Parameters: `message`, its text, in which `{slot}` and
 * `{content}` stand once each; `answer`, the path of the id in an answer (`id`; `data.id`); `login`, what is sent first,
 * and answered.
 */
export default function json(params: ScenarioParams): Scenario {
  const { message = DEFAULT_MESSAGE, answer = 'id', login } = params;
  const path = answer.split('.');
  return {
    async open(peer) {
      if (login === undefined) return;
      peer.send(login);
      await peer.next();
    },
    message: (_peer, { slot, content }) =>
      message.replace('{slot}', slot).replace('{content}', () => JSON.stringify(content).slice(1, -1)),
    answer(_peer, text) {
      const value = path.reduce(member, parsed(text));
      return typeof value === 'string' ? value : undefined;
    },
  };
}

/** The value of a JSON text, or undefined for a text that is none. */
export function parsed(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

/** The member `name` of an object, or undefined. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
