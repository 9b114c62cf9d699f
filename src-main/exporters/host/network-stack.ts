/** The network stack (node_exporter's collectors netstat, sockstat, softnet, udp_queues and conntrack). */
import path from 'node:path';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { lines, type SystemFiles, words } from './system-files.ts';

const NETSTAT_FIELDS =
  /^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$/;
/** The kernel counts socket memory in pages. */
const PAGE_BYTES = 4096;

export function netstatCollector(files: SystemFiles): Collector {
  return {
    name: 'netstat',
    collect: (page) => {
      const tell = (protocol: string, field: string, value: string) => {
        if (!NETSTAT_FIELDS.test(`${protocol}_${field}`)) return;
        page.untyped(`node_netstat_${protocol}_${field}`, `Statistic ${protocol}${field}.`, Number(value));
      };
      for (const name of ['net/netstat', 'net/snmp']) {
        const rows = files.procLines(name);
        for (let i = 0; i + 1 < rows.length; i += 2) {
          const heads = words(rows[i] ?? '');
          const values = words(rows[i + 1] ?? '');
          const protocol = (heads[0] ?? '').replace(':', '');
          for (let j = 1; j < heads.length; j++) tell(protocol, heads[j] ?? '', values[j] ?? '');
        }
      }
      for (const line of lines(files.text(path.join(files.proc, 'net/snmp6')))) {
        const match = /^(\w+?6)(\w+)\s+(\d+)$/.exec(line);
        if (match !== null) tell(match[1] ?? '', match[2] ?? '', match[3] ?? '');
      }
    },
  };
}

export function socketCollector(files: SystemFiles): Collector {
  return {
    name: 'sockstat',
    collect: (page) => {
      const both = [files.procText('net/sockstat'), files.text(path.join(files.proc, 'net/sockstat6'))];
      for (const line of both.flatMap(lines)) {
        const [protocol = '', ...pairs] = words(line.replace(':', ''));
        for (let i = 0; i + 1 < pairs.length; i += 2)
          tellSockets(page, `${protocol}_${pairs[i] ?? ''}`, Number(pairs[i + 1]));
      }
    },
  };
}

function tellSockets(page: MetricPage, name: string, value: number): void {
  if (name === 'sockets_used') {
    page.gauge('node_sockstat_sockets_used', 'Number of IPv4 sockets in use.', value);
    return;
  }
  const [protocol, state] = name.split('_');
  const tell = (suffix: string, amount: number) =>
    page.gauge(`node_sockstat_${protocol}_${suffix}`, `Number of ${protocol} sockets in state ${suffix}.`, amount);
  tell(state ?? '', value);
  if (state === 'mem') tell('mem_bytes', value * PAGE_BYTES);
}

const SOFTNET = [
  ['processed', 'Number of processed packets'],
  ['dropped', 'Number of dropped packets'],
  ['times_squeezed', 'Number of times processing packets ran out of quota'],
] as const;

export function softnetCollector(files: SystemFiles): Collector {
  return {
    name: 'softnet',
    collect: (page) => {
      for (const [i, line] of files.procLines('net/softnet_stat').entries()) {
        const values = words(line).map((hex) => Number.parseInt(hex, 16));
        // Newer kernels name the processor; lines of those that are off are missing.
        const cpu = String(values[12] ?? i);
        for (const [j, [name, help]] of SOFTNET.entries())
          page.counter(`node_softnet_${name}_total`, help, values[j] ?? Number.NaN, { cpu });
      }
    },
  };
}

export function udpQueueCollector(files: SystemFiles): Collector {
  return {
    name: 'udp_queues',
    collect: (page) => {
      for (const [file, ip] of [
        ['net/udp', 'v4'],
        ['net/udp6', 'v6'],
      ] as const) {
        const queues = lines(files.text(path.join(files.proc, file)))
          .slice(1)
          .map((line) => (words(line)[4] ?? '').split(':').map((hex) => Number.parseInt(hex, 16)));
        for (const [i, queue] of ['tx', 'rx'].entries())
          page.gauge(
            'node_udp_queues',
            'Number of allocated memory in the kernel for UDP datagrams in bytes.',
            queues.reduce((sum, pair) => sum + (pair[i] ?? 0), 0),
            { queue, ip },
          );
      }
    },
  };
}

const CONNTRACK = [
  ['found', 'Number of searched entries which were successful.'],
  ['invalid', 'Number of packets seen which can not be tracked.'],
  ['ignore', 'Number of packets seen which are already connected to a conntrack entry.'],
  ['insert', 'Number of entries inserted into the list.'],
  ['insert_failed', 'Number of entries for which list insertion was attempted but failed.'],
  ['drop', 'Number of packets dropped due to conntrack failure.'],
  ['early_drop', 'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.'],
  ['search_restart', 'Number of conntrack table lookups which had to be restarted due to hashtable resizes.'],
] as const;

/** Machines without a packet filter have no such files. */
export function conntrackCollector(files: SystemFiles): Collector {
  return {
    name: 'conntrack',
    collect: (page) => {
      const read = (name: string) => Number(files.procText(`sys/net/netfilter/nf_conntrack_${name}`));
      page.gauge(
        'node_nf_conntrack_entries',
        'Number of currently allocated flow entries for connection tracking.',
        read('count'),
      );
      page.gauge('node_nf_conntrack_entries_limit', 'Maximum size of connection tracking table.', read('max'));
      const [head = '', ...rows] = files.procLines('net/stat/nf_conntrack');
      const columns = words(head);
      for (const [name, help] of CONNTRACK) {
        const at = columns.indexOf(name);
        if (at < 0) continue;
        const sum = rows.reduce((total, row) => total + Number.parseInt(words(row)[at] ?? '0', 16), 0);
        page.gauge(`node_nf_conntrack_stat_${name}`, help, sum);
      }
    },
  };
}
