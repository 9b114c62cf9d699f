/** Memory and paging (node_exporter's collectors meminfo and vmstat). */
import type { Collector } from './collector.ts';
import { type SystemFiles, words } from './system-files.ts';

const VMSTAT_FIELDS = /^(?:oom_kill|pgpg|pswp|pg.*fault)/;

export function memoryCollector(files: SystemFiles): Collector {
  return {
    name: 'meminfo',
    collect: (page) => {
      for (const line of files.procLines('meminfo')) {
        const [label = '', amount = '', unit] = words(line);
        const key = label.replace(/:$/, '').replace(/\((.*)\)/, '_$1');
        const field = unit === 'kB' ? `${key}_bytes` : key;
        const value = Number(amount) * (unit === 'kB' ? 1024 : 1);
        page.gauge(`node_memory_${field}`, `Memory information field ${field}.`, value);
      }
    },
  };
}

export function pagingCollector(files: SystemFiles): Collector {
  return {
    name: 'vmstat',
    collect: (page) => {
      for (const line of files.procLines('vmstat')) {
        if (!VMSTAT_FIELDS.test(line)) continue;
        const [field = '', value = ''] = words(line);
        page.untyped(`node_vmstat_${field}`, `/proc/vmstat information field ${field}.`, Number(value));
      }
    },
  };
}
