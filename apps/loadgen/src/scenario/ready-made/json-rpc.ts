import type { Scenario, ScenarioParams } from '../scenario.ts';
import { member, parsed } from './json.ts';

/**
 * JSON-RPC 2.0 requests. Parameters: `method` (`echo`), `params`, a JSON text in which `{content}` may stand
 * (`["{content}"]`), `id`: `string` (the default), or `number` for servers that want one.
 */
export default function jsonRpc(params: ScenarioParams): Scenario {
  const { method = 'echo', params: values = '["{content}"]', id = 'string' } = params;
  const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":`;
  const quote = id === 'number' ? '' : '"';
  return {
    match: id === 'number' ? 'id' : 'slot',
    message(_peer, { slot, content }) {
      const given = values.replace('{content}', () => JSON.stringify(content).slice(1, -1));
      return `${head}${given},"id":${quote}${slot}${quote}}`;
    },
    answer(_peer, text) {
      const response = parsed(text);
      const answered = member(response, 'id');
      const isOurs = typeof answered === 'string' || typeof answered === 'number';
      const error = member(response, 'error');
      // An error without an id is about a request that the server could not read (section 5).
      if (error !== undefined) throw new Error(`the server answered ${method}: ${JSON.stringify(error)}`);
      return isOurs ? answered : undefined;
    },
  };
}
