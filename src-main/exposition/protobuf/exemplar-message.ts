import { readTimestamp } from './timestamp-message.ts';
import type { WireReader } from './wire-reader.ts';

const VALUE = 0x11;
const TIMESTAMP = 0x1a;

/** io.prometheus.client.Exemplar without its labels: readLabels gives those. Reading the next one overwrites it. */
export class ExemplarMessage {
  value = 0;
  /** NaN: it has none. */
  timeMs = Number.NaN;

  /** The message at reader.bytes[start, end). */
  read(reader: WireReader, start: number, end: number): void {
    this.value = 0;
    this.timeMs = Number.NaN;
    reader.seek(start, end);
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === VALUE) this.value = reader.double();
      else if (tag === TIMESTAMP) this.timeMs = readTimestamp(reader);
      else reader.skip(tag);
    }
  }
}
