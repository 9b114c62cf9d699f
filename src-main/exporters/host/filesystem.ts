/** Mounted file systems (node_exporter's collector filesystem). */
import { statfs } from 'node:fs/promises';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { lines, type SystemFiles, words } from './system-files.ts';

const EXCLUDED_MOUNTS =
  /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const EXCLUDED_TYPES =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$/;
/** A server that went away blocks whoever asks for its file system. */
const MAX_WAIT_MS = 1_000;
/** Most file systems told. */
const MAX_MOUNTS = 200;

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readonly: boolean;
}

export function filesystemCollector(files: SystemFiles): Collector {
  return mountsCollector(() => parseMountInfo(mountInfo(files)));
}

/** As a container sees it, process 1's view may be out of reach. */
function mountInfo(files: SystemFiles): string {
  return files.text(`${files.proc}/1/mountinfo`) || files.procText('self/mountinfo');
}

/** proc(5): id, parent, major:minor, root, mount point, options, optional fields, `-`, type, source, super options. */
export function parseMountInfo(text: string): readonly Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of lines(text)) {
    const fields = words(line);
    const dash = fields.indexOf('-', 6);
    const fstype = fields[dash + 1] ?? '';
    const mountpoint = unescapeOctal(fields[4] ?? '');
    const device = unescapeOctal(fields[dash + 2] ?? '');
    if (dash < 0 || EXCLUDED_TYPES.test(fstype) || EXCLUDED_MOUNTS.test(mountpoint)) continue;
    const readonly = [...(fields[5] ?? '').split(','), ...(fields[dash + 3] ?? '').split(',')].includes('ro');
    // What is mounted over another hides it.
    mounts.set(mountpoint, { device, mountpoint, fstype, readonly });
  }
  return [...mounts.values()].slice(0, MAX_MOUNTS);
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

type Statfs = Awaited<ReturnType<typeof statfs>>;

/** Tells every mount; one that does not answer in time is marked, and left alone until it does. */
export function mountsCollector(list: () => readonly Mount[] | Promise<readonly Mount[]>): Collector {
  const stuck = new Set<string>();
  const ask = async (mount: Mount): Promise<Statfs | null> => {
    if (stuck.has(mount.mountpoint)) return null;
    stuck.add(mount.mountpoint);
    const answer = statfs(mount.mountpoint)
      .catch(() => null)
      .finally(() => stuck.delete(mount.mountpoint));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, MAX_WAIT_MS, null);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
  return {
    name: 'filesystem',
    collect: async (page) => {
      const mounts = await list();
      const answers = await Promise.all(mounts.map(ask));
      for (const [i, mount] of mounts.entries()) tell(page, mount, answers[i] ?? null);
    },
  };
}

function tell(page: MetricPage, mount: Mount, stats: Statfs | null): void {
  const { device, mountpoint, fstype } = mount;
  const labels = { device, mountpoint, fstype };
  page.gauge(
    'node_filesystem_device_error',
    'Whether an error occurred while getting statistics for the given device.',
    stats === null ? 1 : 0,
    labels,
  );
  page.gauge('node_filesystem_readonly', 'Filesystem read-only status.', mount.readonly ? 1 : 0, labels);
  if (stats === null) return;
  const [bsize = 0, blocks = 0, bfree = 0, bavail = 0, files = 0, ffree = 0] = [
    stats.bsize,
    stats.blocks,
    stats.bfree,
    stats.bavail,
    stats.files,
    stats.ffree,
  ].map(Number);
  page.gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.', blocks * bsize, labels);
  page.gauge('node_filesystem_free_bytes', 'Filesystem free space in bytes.', bfree * bsize, labels);
  page.gauge(
    'node_filesystem_avail_bytes',
    'Filesystem space available to non-root users in bytes.',
    bavail * bsize,
    labels,
  );
  page.gauge('node_filesystem_files', 'Filesystem total file nodes.', files, labels);
  page.gauge('node_filesystem_files_free', 'Filesystem total free file nodes.', ffree, labels);
}
