/** Block devices (node_exporter's collector diskstats; fields as in the kernel's iostats.rst). */
import path from 'node:path';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { type SystemFiles, words } from './system-files.ts';

const EXCLUDED = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;
const SECTOR_BYTES = 512;
const MS = 1 / 1000;

/** The figure of a field of /proc/diskstats, by its place from 3 on, and the factor to base units. */
const FIELDS = [
  [3, 'counter', 'reads_completed_total', 1, 'The total number of reads completed successfully.'],
  [4, 'counter', 'reads_merged_total', 1, 'The total number of reads merged.'],
  [5, 'counter', 'read_bytes_total', SECTOR_BYTES, 'The total number of bytes read successfully.'],
  [6, 'counter', 'read_time_seconds_total', MS, 'The total number of seconds spent by all reads.'],
  [7, 'counter', 'writes_completed_total', 1, 'The total number of writes completed successfully.'],
  [8, 'counter', 'writes_merged_total', 1, 'The number of writes merged.'],
  [9, 'counter', 'written_bytes_total', SECTOR_BYTES, 'The total number of bytes written successfully.'],
  [10, 'counter', 'write_time_seconds_total', MS, 'This is the total number of seconds spent by all writes.'],
  [11, 'gauge', 'io_now', 1, 'The number of I/Os currently in progress.'],
  [12, 'counter', 'io_time_seconds_total', MS, 'Total seconds spent doing I/Os.'],
  [13, 'counter', 'io_time_weighted_seconds_total', MS, 'The weighted # of seconds spent doing I/Os.'],
  [14, 'counter', 'discards_completed_total', 1, 'The total number of discards completed successfully.'],
  [15, 'counter', 'discards_merged_total', 1, 'The total number of discards merged.'],
  [16, 'counter', 'discarded_sectors_total', 1, 'The total number of sectors discarded successfully.'],
  [17, 'counter', 'discard_time_seconds_total', MS, 'This is the total number of seconds spent by all discards.'],
  [18, 'counter', 'flush_requests_total', 1, 'The total number of flush requests completed successfully'],
  [
    19,
    'counter',
    'flush_requests_time_seconds_total',
    MS,
    'This is the total number of seconds spent by all flush requests.',
  ],
] as const;

export function diskCollector(files: SystemFiles): Collector {
  return {
    name: 'diskstats',
    collect: (page) => {
      for (const line of files.procLines('diskstats')) {
        const fields = words(line);
        const device = fields[2] ?? '';
        if (device === '' || EXCLUDED.test(device)) continue;
        info(files, page, { device, major: fields[0] ?? '', minor: fields[1] ?? '' });
        for (const [at, type, name, factor, help] of FIELDS)
          page[type](`node_disk_${name}`, help, Number(fields[at] ?? Number.NaN) * factor, { device });
      }
    },
  };
}

interface Device {
  readonly device: string;
  readonly major: string;
  readonly minor: string;
}

/** Names come from udev's database; they stay empty on machines without it. */
function info(files: SystemFiles, page: MetricPage, { device, major, minor }: Device): void {
  const udev = files.text(`/run/udev/data/b${major}:${minor}`);
  const property = (name: string) => new RegExp(`^E:${name}=(.*)$`, 'm').exec(udev)?.[1] ?? '';
  page.gauge('node_disk_info', 'Info of /sys/block/<block_device>.', 1, {
    device,
    major,
    minor,
    path: property('ID_PATH'),
    wwn: property('ID_WWN'),
    model: property('ID_MODEL'),
    serial: property('ID_SERIAL_SHORT'),
    revision: property('ID_REVISION'),
    rotational: files.text(path.join(files.sys, 'block', device, 'queue/rotational')),
  });
}
