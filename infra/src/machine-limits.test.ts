import { describe, expect, test } from 'vitest';
import { planConnections } from './machine-limits.ts';
import { type MachineReading, readMachine } from './machine-reading.ts';
import { sizeWorkers } from './worker-sizing.ts';

const GIB = 1024 ** 3;
const machine: MachineReading = {
  descriptorsSoft: 20_000,
  descriptors: 20_000,
  nrOpen: 1_048_576,
  fileMax: 10_000_000,
  cores: 2,
  memoryAvailableBytes: 24 * GIB,
  localPortRange: [32_768, 60_999],
  somaxconn: 4096,
  tcpMaxSynBacklog: 4096,
};

describe('planConnections', () => {
  test('a small number needs one process of each kind and one address', () => {
    expect(planConnections(machine, 'direct', 1000)).toMatchObject({
      connections: 1000,
      instances: 1,
      generatorProcesses: 1,
      sourceAddresses: 1,
      advice: [],
    });
  });

  test('200,000 through one Nginx: descriptors multiply the processes, ports multiply the addresses', () => {
    const plan = planConnections(machine, 'nginx', 200_000);
    expect(plan).toMatchObject({
      connections: 200_000,
      instances: 11,
      generatorProcesses: 11,
      sourceAddresses: 15,
    });
    expect(plan.limitedBy).toBeUndefined();
    const { workerProcesses, workerConnections, sourceAddresses } = plan.nginx!;
    // Even the fullest worker, a fifth above the mean, has room; and no worker asks for more than it may have.
    expect((workerProcesses * workerConnections) / 2).toBeGreaterThanOrEqual(200_000 * 1.2);
    expect(workerConnections).toBeLessThan(20_000);
    // 11 instances × 14,116 ports are fewer than 200,000 and a fifth.
    expect(sourceAddresses).toBe(2);
  });

  test('direct, each instance is a destination of its own', () => {
    expect(planConnections(machine, 'direct', 150_000).sourceAddresses).toBe(2);
    expect(planConnections(machine, 'nginx', 200_000, undefined, 4).sourceAddresses).toBe(4);
  });

  test('memory bounds it, and nothing but hardware raises that', () => {
    const plan = planConnections({ ...machine, memoryAvailableBytes: GIB }, 'nginx-tls', 200_000);
    expect(plan.connections).toBeLessThan(10_000);
    expect(plan.limitedBy).toMatchObject({ name: 'memory', connections: plan.connections });
    expect(plan.limitedBy!.because).toMatch(/^870 MiB are free to use, and a connection takes about 99 KiB/);
    expect(plan.limitedBy!.raise).toBeUndefined();
  });

  test('connection tracking and open files bound it, and the setting is named', () => {
    const tracked = planConnections({ ...machine, conntrack: { count: 536, max: 65_536 } }, 'nginx', 200_000);
    expect(tracked).toMatchObject({
      connections: 32_500,
      limitedBy: { name: 'connection tracking', raise: 'net.netfilter.nf_conntrack_max = 524288' },
    });
    const files = planConnections({ ...machine, fileMax: 100_000 }, 'direct', 200_000);
    expect(files).toMatchObject({ connections: 50_000, limitedBy: { raise: 'fs.file-max = 1048576' } });
  });

  test('a tracking table that is empty bounds nothing: no rule fills it', () => {
    const plan = planConnections({ ...machine, conntrack: { count: 0, max: 65_536 } }, 'nginx', 200_000);
    expect(plan.connections).toBe(200_000);
  });

  test('advice names the setting, its value and what it would change', () => {
    const { advice } = planConnections({ ...machine, descriptorsSoft: 1024 }, 'nginx', 200_000);
    expect(advice).toEqual([
      expect.stringMatching(/^a process has 20000 descriptors, so it takes 11 instances/),
      expect.stringMatching(/ulimit -n 20000/),
      expect.stringMatching(
        /^net.ipv4.ip_local_port_range is 32768 60999, so clients need 15 source addresses/,
      ),
      expect.stringMatching(/^net.core.somaxconn is 4096/),
    ]);
  });
});

describe('sizeWorkers', () => {
  const base = { connections: 1000, descriptors: 20_000, cpus: 1, ports: 14_116, upstreams: 1, listeners: 2 };

  test.each([
    [{}, { workerProcesses: 1, workerConnections: 2011, sourceAddresses: 1 }],
    [{ cpus: 4 }, { workerProcesses: 4, workerConnections: 1024 }],
    [
      { connections: 50_000, upstreams: 3 },
      { workerProcesses: 7, sourceAddresses: 2 },
    ],
    [
      { connections: 50_000, upstreams: 1 },
      { workerProcesses: 7, sourceAddresses: 5 },
    ],
    // A file for each socket beside its two connections.
    [{ filesPerSocket: 1 }, { workerProcesses: 1, workerConnections: 2011, descriptors: 3055 }],
    [
      { connections: 10, descriptors: 256 },
      { workerProcesses: 1, workerConnections: 256, descriptors: 256 },
    ],
  ])('%j gives %j', (input, sizing) => {
    expect(sizeWorkers({ ...base, ...input })).toMatchObject(sizing);
  });

  test('what it cannot fit it fills as far as it can', () => {
    const { workerProcesses, descriptors } = sizeWorkers({ ...base, connections: 1e9 });
    expect(workerProcesses).toBeGreaterThan(100);
    expect(descriptors).toBe(20_000);
  });
});

test('readMachine reads this machine', () => {
  const here = readMachine();
  expect(here.descriptors).toBeGreaterThanOrEqual(here.descriptorsSoft);
  expect(here.memoryAvailableBytes).toBeGreaterThan(0);
  expect(here.localPortRange[1]).toBeGreaterThan(here.localPortRange[0]);
});
