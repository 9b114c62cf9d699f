import type { EngineEvent, Topic } from '../../shared/contract.ts';

const TOPICS: Readonly<Record<Topic, true>> = {
  targets: true,
  alerts: true,
  silences: true,
  config: true,
  status: true,
};

/** After a break in the connection nobody knows what was missed: all of it counts as changed. */
export const everythingChanged: readonly EngineEvent[] = Object.keys(TOPICS).flatMap((topic) =>
  isTopic(topic) ? [{ kind: 'changed', topic, revision: 0 }] : [],
);

function isTopic(text: string): text is Topic {
  return text in TOPICS;
}
