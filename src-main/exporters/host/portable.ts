/** What Node itself knows of a machine: all there is on systems other than Linux. What it does not know is absent. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import type { Clock } from '../../model/clock.ts';
import type { Collector } from './collector.ts';
import { type Mount, mountsCollector } from './filesystem.ts';
import { timeCollector, unameCollector } from './machine.ts';

export function portableCollectors(platform: NodeJS.Platform, clock: Clock): readonly Collector[] {
  return [
    cpuTimes(platform),
    memory(platform),
    bootTime(clock),
    timeCollector(clock, () => {}),
    unameCollector(() => '(none)'),
    mountsCollector(() => (platform === 'win32' ? windowsDrives() : darwinVolumes())),
    // Windows has no load average: Node's is zero there.
    ...(platform === 'win32' ? [] : [loadAverages()]),
  ];
}

/** Windows counts interrupts in with the system's time, and knows no nice. */
function cpuTimes(platform: NodeJS.Platform): Collector {
  return {
    name: 'cpu',
    collect: (page) => {
      for (const [i, { times }] of os.cpus().entries()) {
        const modes =
          platform === 'win32'
            ? { user: times.user, system: times.sys - times.irq, idle: times.idle, irq: times.irq }
            : { user: times.user, nice: times.nice, system: times.sys, idle: times.idle };
        for (const [mode, ms] of Object.entries(modes))
          page.counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.', ms / 1000, {
            cpu: String(i),
            mode,
          });
      }
    },
  };
}

function memory(platform: NodeJS.Platform): Collector {
  return {
    name: 'meminfo',
    collect: async (page) => {
      const tell = (field: string, value: number) =>
        page.gauge(`node_memory_${field}_bytes`, `Memory information field ${field}_bytes.`, value);
      tell('MemTotal', os.totalmem());
      tell('MemFree', os.freemem());
      tell('MemAvailable', platform === 'darwin' ? await darwinAvailableBytes() : os.freemem());
    },
  };
}

const run = promisify(execFile);
const VM_STAT_TIMEOUT_MS = 2_000;

async function darwinAvailableBytes(): Promise<number> {
  const { stdout } = await run('vm_stat', { timeout: VM_STAT_TIMEOUT_MS });
  return availableFromVmStat(stdout, os.totalmem());
}

/** macOS fills free memory with caches: what is truly in use are anonymous, wired and compressed pages. NaN: unknown. */
export function availableFromVmStat(text: string, totalBytes: number): number {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1] ?? Number.NaN);
  const pages = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)\\.`, 'm').exec(text)?.[1] ?? Number.NaN);
  const used =
    pages('Anonymous pages') -
    pages('Pages purgeable') +
    pages('Pages wired down') +
    pages('Pages occupied by compressor');
  return totalBytes - used * pageBytes;
}

function bootTime(clock: Clock): Collector {
  return {
    name: 'boottime',
    collect: (page) =>
      page.gauge(
        'node_boot_time_seconds',
        'Node boot time, in unixtime.',
        Math.round(clock.nowMs() / 1000 - os.uptime()),
      ),
  };
}

function loadAverages(): Collector {
  return {
    name: 'loadavg',
    collect: (page) => {
      for (const [i, value] of os.loadavg().entries()) {
        const minutes = [1, 5, 15][i] ?? 0;
        page.gauge(`node_load${minutes}`, `${minutes}m load average.`, value);
      }
    },
  };
}

/** The system's volume is sealed and read-only; what the user writes is on the other, in the same container. */
function darwinVolumes(): readonly Mount[] {
  return [
    { device: 'root', mountpoint: '/', fstype: 'apfs', readonly: true },
    { device: 'data', mountpoint: '/System/Volumes/Data', fstype: 'apfs', readonly: false },
  ];
}

function windowsDrives(): readonly Mount[] {
  return [...'CDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((letter) => {
    const mountpoint = `${letter}:\\`;
    const there = statSync(mountpoint, { throwIfNoEntry: false }) !== undefined;
    return there ? [{ device: `${letter}:`, mountpoint, fstype: '', readonly: false }] : [];
  });
}
