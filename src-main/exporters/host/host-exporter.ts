/** This machine under node_exporter's names, without node_exporter. */
import type { Clock } from '../../model/clock.ts';
import { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { cpuCollector, cpuFrequencyCollector } from './cpu.ts';
import { diskCollector } from './disk.ts';
import { filesystemCollector } from './filesystem.ts';
import {
  entropyCollector,
  fileDescriptorCollector,
  loadCollector,
  pressureCollector,
  statCollector,
} from './kernel.ts';
import { domainNameOf, osCollector, tellClockSources, timeCollector, unameCollector } from './machine.ts';
import { memoryCollector, pagingCollector } from './memory.ts';
import { arpCollector, networkClassCollector, networkTrafficCollector } from './network-devices.ts';
import {
  conntrackCollector,
  netstatCollector,
  socketCollector,
  softnetCollector,
  udpQueueCollector,
} from './network-stack.ts';
import { portableCollectors } from './portable.ts';
import { hardwareMonitorCollector, powerSupplyCollector, thermalZoneCollector } from './sensors.ts';
import { SystemFiles } from './system-files.ts';

export interface HostExporterOptions {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Where the kernel's files are; elsewhere in tests. */
  readonly folders?: { readonly proc: string; readonly sys: string; readonly etc: string };
}

const LINUX_FOLDERS = { proc: '/proc', sys: '/sys', etc: '/etc' };

export class HostExporter {
  readonly #clock: Clock;
  readonly #collectors: readonly Collector[];

  constructor({ clock, platform, folders = LINUX_FOLDERS }: HostExporterOptions) {
    this.#clock = clock;
    this.#collectors =
      platform === 'linux' ? linuxCollectors(new SystemFiles(folders), clock) : portableCollectors(platform, clock);
  }

  /** One page of text exposition 0.0.4. A collector that fails leaves its metrics out and says so. */
  async collect(): Promise<Uint8Array> {
    const page = new MetricPage();
    for (const collector of this.#collectors) await this.#run(collector, page);
    return Buffer.from(page.text(), 'utf8');
  }

  async #run(collector: Collector, page: MetricPage): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const success = await attempt(collector, page);
    const labels = { collector: collector.name };
    page.gauge(
      'node_scrape_collector_duration_seconds',
      'node_exporter: Duration of a collector scrape.',
      (this.#clock.monotonicMs() - startedMs) / 1000,
      labels,
    );
    page.gauge(
      'node_scrape_collector_success',
      'node_exporter: Whether a collector succeeded.',
      success ? 1 : 0,
      labels,
    );
  }
}

/** What a machine does not have is its collector's failure, and the metric for it says so. */
async function attempt(collector: Collector, page: MetricPage): Promise<boolean> {
  try {
    await collector.collect(page);
    return true;
  } catch {
    return false;
  }
}

function linuxCollectors(files: SystemFiles, clock: Clock): readonly Collector[] {
  return [
    arpCollector(files),
    conntrackCollector(files),
    cpuCollector(files),
    cpuFrequencyCollector(files),
    diskCollector(files),
    entropyCollector(files),
    fileDescriptorCollector(files),
    filesystemCollector(files),
    hardwareMonitorCollector(files),
    loadCollector(files),
    memoryCollector(files),
    networkClassCollector(files),
    networkTrafficCollector(files),
    netstatCollector(files),
    osCollector(files),
    powerSupplyCollector(files),
    pressureCollector(files),
    socketCollector(files),
    softnetCollector(files),
    statCollector(files),
    thermalZoneCollector(files),
    timeCollector(clock, (page) => tellClockSources(files, page)),
    udpQueueCollector(files),
    unameCollector(() => domainNameOf(files)),
    pagingCollector(files),
  ];
}
