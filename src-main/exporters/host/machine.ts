/** What the machine is and which time it has (node_exporter's collectors uname, os and time). */
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../model/clock.ts';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { lines, type SystemFiles } from './system-files.ts';

export function unameCollector(domainName: () => string): Collector {
  return {
    name: 'uname',
    collect: (page) =>
      page.gauge('node_uname_info', 'Labeled system information as provided by the uname system call.', 1, {
        sysname: os.type(),
        release: os.release(),
        version: os.version(),
        machine: os.machine(),
        nodename: os.hostname(),
        domainname: domainName(),
      }),
  };
}

export function domainNameOf(files: SystemFiles): string {
  return files.text(path.join(files.proc, 'sys/kernel/domainname')) || '(none)';
}

const OS_FIELDS = [
  'build_id',
  'id',
  'id_like',
  'image_id',
  'image_version',
  'name',
  'pretty_name',
  'variant',
  'variant_id',
  'version',
  'version_codename',
  'version_id',
] as const;

/** os-release(5). */
export function osCollector(files: SystemFiles): Collector {
  return {
    name: 'os',
    collect: (page) => {
      const text = files.text(path.join(files.etc, 'os-release')) || files.text('/usr/lib/os-release');
      if (text === '') throw new Error('no os-release file');
      const found = new Map(
        lines(text).map((line): [string, string] => {
          const equals = line.indexOf('=');
          return [line.slice(0, equals).toLowerCase(), unquote(line.slice(equals + 1))];
        }),
      );
      page.gauge(
        'node_os_info',
        `A metric with a constant '1' value labeled by ${OS_FIELDS.join(', ')}.`,
        1,
        Object.fromEntries(OS_FIELDS.map((field) => [field, found.get(field) ?? ''])),
      );
      const [id = '', idLike = '', name = ''] = ['id', 'id_like', 'name'].map((field) => found.get(field) ?? '');
      const version = /^\d+(?:\.\d+)?/.exec(found.get('version_id') ?? '')?.[0];
      page.gauge(
        'node_os_version',
        'Metric containing the major.minor part of the OS version.',
        Number(version ?? Number.NaN),
        { id, id_like: idLike, name },
      );
    },
  };
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["'$`\\])/g, '$1');
}

export function timeCollector(clock: Clock, clockSources: (page: MetricPage) => void): Collector {
  return {
    name: 'time',
    collect: (page) => {
      const nowMs = clock.nowMs();
      page.gauge('node_time_seconds', 'System time in seconds since epoch (1970).', nowMs / 1000);
      page.gauge(
        'node_time_zone_offset_seconds',
        'System time zone offset in seconds.',
        // -0 would be printed as such.
        new Date(nowMs).getTimezoneOffset() * -60 + 0,
        { time_zone: timeZoneName(nowMs) },
      );
      clockSources(page);
    },
  };
}

function timeZoneName(nowMs: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(nowMs);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

export function tellClockSources(files: SystemFiles, page: MetricPage): void {
  const base = path.join(files.sys, 'devices/system/clocksource');
  for (const folder of files.names(base)) {
    const device = /^clocksource(\d+)$/.exec(folder)?.[1];
    if (device === undefined) continue;
    const source = (name: string) => files.text(path.join(base, folder, name));
    for (const clocksource of source('available_clocksource').split(' '))
      page.gauge(
        'node_time_clocksource_available_info',
        "Available clocksources read from '/sys/devices/system/clocksource'.",
        1,
        { device, clocksource },
      );
    page.gauge(
      'node_time_clocksource_current_info',
      "Current clocksource read from '/sys/devices/system/clocksource'.",
      1,
      { device, clocksource: source('current_clocksource') },
    );
  }
}
