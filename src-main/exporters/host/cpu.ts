/** Processor time, frequency and throttling (node_exporter's collectors cpu and cpufreq). */
import path from 'node:path';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { type SystemFiles, words } from './system-files.ts';

/** Jiffies a second, as the kernel shows them to programs (USER_HZ). */
const TICKS_PER_SECOND = 100;
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const GUEST_MODES = ['user', 'nice'] as const;
/** A step back by more is a processor that came back, not the kernel's rounding. */
const MAX_STEP_BACK_SECONDS = 3;

/** Keeps what the kernel lets go back by a little (iowait does) from doing so: a counter must not. */
export function cpuCollector(files: SystemFiles): Collector {
  const last = new Map<string, number>();
  const forward = (key: string, value: number) => {
    const before = last.get(key) ?? 0;
    const kept = value < before && before - value < MAX_STEP_BACK_SECONDS ? before : value;
    last.set(key, kept);
    return kept;
  };
  return {
    name: 'cpu',
    collect: (page) => {
      for (const line of files.procLines('stat')) {
        const match = /^cpu(\d+)\s/.exec(line);
        if (match === null) continue;
        const cpu = match[1] ?? '';
        const seconds = words(line)
          .slice(1)
          .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
        for (const [i, mode] of MODES.entries())
          page.counter(
            'node_cpu_seconds_total',
            'Seconds the CPUs spent in each mode.',
            forward(`${cpu}/${mode}`, seconds[i] ?? Number.NaN),
            { cpu, mode },
          );
        for (const [i, mode] of GUEST_MODES.entries())
          page.counter(
            'node_cpu_guest_seconds_total',
            'Seconds the CPUs spent in guests (VMs) for each mode.',
            forward(`${cpu}/guest/${mode}`, seconds[MODES.length + i] ?? Number.NaN),
            { cpu, mode },
          );
      }
      throttles(files, page);
    },
  };
}

function cpuFolders(files: SystemFiles): readonly { readonly cpu: string; readonly folder: string }[] {
  const base = path.join(files.sys, 'devices/system/cpu');
  return files
    .names(base)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => ({ cpu: name.slice(3), folder: path.join(base, name) }));
}

function throttles(files: SystemFiles, page: MetricPage): void {
  const seen = new Set<string>();
  const once = (key: string) => !seen.has(key) && seen.add(key);
  for (const { folder } of cpuFolders(files)) {
    const inPackage = files.text(path.join(folder, 'topology/physical_package_id'));
    const core = files.text(path.join(folder, 'topology/core_id'));
    const throttle = path.join(folder, 'thermal_throttle');
    if (once(`core ${inPackage}/${core}`))
      page.counter(
        'node_cpu_core_throttles_total',
        'Number of times this CPU core has been throttled.',
        files.number(path.join(throttle, 'core_throttle_count')),
        { core, package: inPackage },
      );
    if (once(`package ${inPackage}`))
      page.counter(
        'node_cpu_package_throttles_total',
        'Number of times this CPU package has been throttled.',
        files.number(path.join(throttle, 'package_throttle_count')),
        { package: inPackage },
      );
  }
}

const FREQUENCIES = [
  ['cpuinfo_cur_freq', 'node_cpu_frequency_hertz', 'Current CPU thread frequency in hertz.'],
  ['cpuinfo_min_freq', 'node_cpu_frequency_min_hertz', 'Minimum CPU thread frequency in hertz.'],
  ['cpuinfo_max_freq', 'node_cpu_frequency_max_hertz', 'Maximum CPU thread frequency in hertz.'],
  ['scaling_cur_freq', 'node_cpu_scaling_frequency_hertz', 'Current scaled CPU thread frequency in hertz.'],
  ['scaling_min_freq', 'node_cpu_scaling_frequency_min_hertz', 'Minimum scaled CPU thread frequency in hertz.'],
  ['scaling_max_freq', 'node_cpu_scaling_frequency_max_hertz', 'Maximum scaled CPU thread frequency in hertz.'],
] as const;

export function cpuFrequencyCollector(files: SystemFiles): Collector {
  return {
    name: 'cpufreq',
    collect: (page) => {
      for (const { cpu, folder } of cpuFolders(files))
        for (const [file, name, help] of FREQUENCIES)
          page.gauge(name, help, files.number(path.join(folder, 'cpufreq', file)) * 1000, { cpu });
    },
  };
}
