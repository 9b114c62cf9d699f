import type { Target } from '../../../shared/targets.ts';
import { labelsToRecord } from '../../model/labels.ts';
import type { TargetSnapshot } from '../../scrape/target-state.ts';
import { CallError, type Handlers } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';

export function targetCalls(parts: ApiParts): Pick<Handlers, 'targets.list' | 'targets.scrapeNow'> {
  return {
    'targets.list': async () => ({
      targets: parts.scrape.targets().map(targetOf),
      dropped: parts.scrape
        .droppedTargets()
        .map(({ job, discoveredLabels }) => ({ job, discoveredLabels: labelsToRecord(discoveredLabels) })),
    }),
    'targets.scrapeNow': async ({ id }) => {
      if (!(await parts.scrape.scrapeNow(id))) throw new CallError('not-found', 'this target is gone');
      return {};
    },
  };
}

function targetOf(snapshot: TargetSnapshot): Target {
  const { id, job, url, health, lastScrapeMs, lastDurationMs, lastError, samplesScraped, intervalMs, timeoutMs } =
    snapshot;
  return {
    id,
    job,
    url,
    state: health,
    labels: labelsToRecord(snapshot.labels),
    discoveredLabels: labelsToRecord(snapshot.discoveredLabels),
    lastScrapeMs,
    lastDurationMs,
    lastError,
    samplesScraped,
    intervalMs,
    timeoutMs,
    recent: [...snapshot.recent],
  };
}
