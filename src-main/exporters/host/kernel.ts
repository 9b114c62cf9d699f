/** The kernel's own figures (node_exporter's collectors stat, loadavg, filefd, entropy and pressure). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Collector } from './collector.ts';
import { type SystemFiles, words } from './system-files.ts';

const STAT_FIELDS = [
  ['intr', 'counter', 'node_intr_total', 'Total number of interrupts serviced.'],
  ['ctxt', 'counter', 'node_context_switches_total', 'Total number of context switches.'],
  ['processes', 'counter', 'node_forks_total', 'Total number of forks.'],
  ['btime', 'gauge', 'node_boot_time_seconds', 'Node boot time, in unixtime.'],
  ['procs_running', 'gauge', 'node_procs_running', 'Number of processes in runnable state.'],
  ['procs_blocked', 'gauge', 'node_procs_blocked', 'Number of processes blocked waiting for I/O to complete.'],
] as const;

export function statCollector(files: SystemFiles): Collector {
  return {
    name: 'stat',
    collect: (page) => {
      const text = `\n${files.procText('stat')}`;
      for (const [field, type, name, help] of STAT_FIELDS) {
        const found = text.match(new RegExp(`\\n${field} (\\d+)`));
        page[type](name, help, found === null ? Number.NaN : Number(found[1]));
      }
    },
  };
}

export function loadCollector(files: SystemFiles): Collector {
  return {
    name: 'loadavg',
    collect: (page) => {
      const averages = words(files.procText('loadavg'));
      for (const [i, minutes] of [1, 5, 15].entries())
        page.gauge(`node_load${minutes}`, `${minutes}m load average.`, Number(averages[i]));
    },
  };
}

export function fileDescriptorCollector(files: SystemFiles): Collector {
  return {
    name: 'filefd',
    collect: (page) => {
      const [allocated, , maximum] = words(files.procText('sys/fs/file-nr'));
      page.gauge('node_filefd_allocated', 'File descriptor statistics: allocated.', Number(allocated));
      page.gauge('node_filefd_maximum', 'File descriptor statistics: maximum.', Number(maximum));
    },
  };
}

export function entropyCollector(files: SystemFiles): Collector {
  return {
    name: 'entropy',
    collect: (page) => {
      const read = (name: string) => Number(files.procText(`sys/kernel/random/${name}`));
      page.gauge('node_entropy_available_bits', 'Bits of available entropy.', read('entropy_avail'));
      page.gauge('node_entropy_pool_size_bits', 'Bits of entropy pool.', read('poolsize'));
    },
  };
}

const PRESSURES = [
  ['cpu', 'some', 'cpu_waiting', 'Total time in seconds that processes have waited for CPU time'],
  ['io', 'some', 'io_waiting', 'Total time in seconds that processes have waited due to IO congestion'],
  ['io', 'full', 'io_stalled', 'Total time in seconds no process could make progress due to IO congestion'],
  ['memory', 'some', 'memory_waiting', 'Total time in seconds that processes have waited for memory'],
  ['memory', 'full', 'memory_stalled', 'Total time in seconds no process could make progress due to memory congestion'],
  ['irq', 'full', 'irq_stalled', 'Total time in seconds no process could make progress due to IRQ congestion'],
] as const;

/** Kernels can be built or started without it. */
export function pressureCollector(files: SystemFiles): Collector {
  return {
    name: 'pressure',
    collect: (page) => {
      if (!existsSync(path.join(files.proc, 'pressure'))) throw new Error('no /proc/pressure');
      for (const [resource, share, name, help] of PRESSURES) {
        const text = files.text(path.join(files.proc, 'pressure', resource));
        const micros = new RegExp(`^${share} .*total=(\\d+)`, 'm').exec(text)?.[1];
        page.counter(`node_pressure_${name}_seconds_total`, help, Number(micros ?? Number.NaN) / 1e6);
      }
    },
  };
}
