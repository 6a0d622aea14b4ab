/** CPU time since its start and resident memory of a process, as it says itself. */
export interface PageUsage {
  readonly cpuNs: number;
  readonly rssBytes: number;
}

/**
 * Reads the standard process metrics of a Prometheus page (https://prometheus.io/docs/instrumenting/writing_clientlibs/,
 * process metrics).
 * @throws Error in one sentence for a page that cannot be read or lacks them.
 */
export async function readUsagePage(url: string): Promise<PageUsage> {
  const text = await (await fetch(url)).text();
  const value = (name: string) => {
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`${url} has no ${name}`);
    return Number(found);
  };
  return {
    cpuNs: value('process_cpu_seconds_total') * 1e9,
    rssBytes: value('process_resident_memory_bytes'),
  };
}
