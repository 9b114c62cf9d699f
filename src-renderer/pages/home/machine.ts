import type { Target } from '../../../shared/targets.ts';
import { printDuration } from '../../format/duration.ts';
import { quote } from '../../format/labels.ts';
import type { Unit } from '../../format/unit.ts';

/** One chart of this machine. */
export interface MachineTile {
  readonly id: 'cpu' | 'memory' | 'disk' | 'network';
  readonly title: string;
  readonly query: string;
  readonly unit: Unit;
  readonly maxY?: number;
  /** Which label tells its lines apart; '' when there is but one. */
  readonly nameLabel: string;
  /** Smaller figures beside the big one, each an instant query. */
  readonly asides: readonly { readonly label: string; readonly query: string; readonly unit: Unit }[];
}

/** What a target calls itself: discovery may give it a better job than the one it was found by. */
export function nameOf(target: Target): string {
  return target.labels.job ?? target.job;
}

/** The target that measures this machine from within Hearth. */
export function machineTarget(targets: readonly Target[]): Target | undefined {
  return targets.find((target) => target.discoveredLabels.__hearth_exporter__ === 'host');
}

/** Matchers of the machine's own metrics; without such a target whatever answers with them. */
export function machineSelector(target: Target | undefined): string {
  if (target === undefined) return '';
  return ['job', 'instance']
    .flatMap((name) => (target.labels[name] === undefined ? [] : [`${name}=${quote(target.labels[name])}`]))
    .join(',');
}

const FILLED_SPANS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60_000);

/** The stretch to show: as chosen, or a shorter one while the machine has been watched for less than half of it. */
export function filledSpan(chosenMs: number, watchedMs: number): number {
  if (watchedMs > chosenMs / 2) return chosenMs;
  return FILLED_SPANS_MS.find((spanMs) => spanMs >= watchedMs * 1.1 && spanMs < chosenMs) ?? chosenMs;
}

/** For how many seconds, within the span, the machine has been watched. */
export function watchedQuery(selector: string, spanMs: number): string {
  const step = printDuration(Math.max(1000, Math.round(spanMs / 100_000) * 1000));
  const metric = `node_memory_MemTotal_bytes{${selector}}`;
  return `max(time() - min_over_time(timestamp(${metric})[${printDuration(spanMs)}:${step}]))`;
}

/** File systems that hold files of people, not of the system. */
const REAL_DISKS = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|devtmpfs|autofs|nsfs"';
const REAL_DEVICES = 'device!~"lo|veth.*|docker.*|br-.*|cni.*|podman.*|virbr.*"';

export function machineTiles(selector: string, windowMs: number): readonly MachineTile[] {
  const window = printDuration(windowMs);
  const of = (metric: string, ...more: readonly string[]) =>
    `${metric}{${[selector, ...more].filter((part) => part !== '').join(',')}}`;
  const rate = (metric: string, ...more: readonly string[]) => `rate(${of(metric, ...more)}[${window}])`;
  return [
    {
      id: 'cpu',
      title: 'Processor',
      query: `1 - avg(${rate('node_cpu_seconds_total', 'mode="idle"')})`,
      unit: 'ratio',
      maxY: 1,
      nameLabel: '',
      asides: [
        { label: 'load', query: of('node_load1'), unit: 'none' },
        { label: 'cores', query: `count(${of('node_cpu_seconds_total', 'mode="idle"')})`, unit: 'none' },
      ],
    },
    {
      id: 'memory',
      title: 'Memory',
      query: `1 - ${of('node_memory_MemAvailable_bytes')} / ${of('node_memory_MemTotal_bytes')}`,
      unit: 'ratio',
      maxY: 1,
      nameLabel: '',
      asides: [
        { label: 'free', query: of('node_memory_MemAvailable_bytes'), unit: 'bytes' },
        { label: 'of', query: of('node_memory_MemTotal_bytes'), unit: 'bytes' },
      ],
    },
    {
      id: 'disk',
      title: 'Disk',
      query: `topk(4, max by (mountpoint) (1 - ${of('node_filesystem_avail_bytes', REAL_DISKS)} / ${of('node_filesystem_size_bytes', REAL_DISKS)}))`,
      unit: 'ratio',
      maxY: 1,
      nameLabel: 'mountpoint',
      asides: [
        { label: 'read', query: `sum(${rate('node_disk_read_bytes_total')})`, unit: 'bytes/s' },
        { label: 'written', query: `sum(${rate('node_disk_written_bytes_total')})`, unit: 'bytes/s' },
      ],
    },
    {
      id: 'network',
      title: 'Network',
      query: `label_replace(sum(${rate('node_network_receive_bytes_total', REAL_DEVICES)}), "way", "in", "", "") or label_replace(sum(${rate('node_network_transmit_bytes_total', REAL_DEVICES)}), "way", "out", "", "")`,
      unit: 'bytes/s',
      nameLabel: 'way',
      asides: [],
    },
  ];
}
