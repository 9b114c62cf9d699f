import { Button } from '@mantine/core';
import { IconRefresh, IconTerminal2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Target } from '../../../shared/targets.ts';
import { printDuration, readableDuration } from '../../format/duration.ts';
import { quote, selectorOf } from '../../format/labels.ts';
import { explainScrapeError } from '../../format/scrape-error.ts';
import { Fact, Facts, Inspector, Section } from '../../ui/Inspector.tsx';
import { Labels } from '../../ui/Labels.tsx';
import { Failure } from '../../ui/Notice.tsx';
import page from '../../ui/page.module.css';
import { StateMark } from '../../ui/StateMark.tsx';
import { Moment } from '../../ui/TimeText.tsx';
import { RecentStrip } from './RecentStrip.tsx';
import { endpointOf, wordOf } from './targets-search.ts';

interface TargetInspectorProps {
  readonly target: Target;
  readonly scraping: boolean;
  readonly scrapeError: Error | null;
  readonly onScrape: () => void;
  /** Shows only targets with this label. */
  readonly onFilter: (text: string) => void;
  readonly onClose: () => void;
}

export function TargetInspector({ target, scraping, scrapeError, onScrape, onFilter, onClose }: TargetInspectorProps) {
  const { job = '', instance = '' } = target.labels;
  return (
    <Inspector
      title={instance === '' ? target.url : instance}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onScrape} loading={scraping} leftSection={<IconRefresh size={16} stroke={1.5} />}>
            Scrape now
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/query"
                search={{ expr: selectorOf({ __name__: 'up', job, instance }), range: '1h' }}
              />
            )}
            leftSection={<IconTerminal2 size={16} stroke={1.5} />}
          >
            Open in Query
          </Button>
        </>
      }
    >
      {scrapeError !== null && <Failure what="The target could not be scraped." error={scrapeError} />}
      <Trouble target={target} />
      <Facts>
        <Fact name="State">
          <StateMark {...wordOf(target.state)} />
        </Fact>
        <Fact name="Job">{target.job}</Fact>
        <Fact name="Endpoint">
          <code>{endpointOf(target)}</code>
        </Fact>
        <Fact name="Last scrape">{target.lastScrapeMs === 0 ? 'not yet' : <Moment ms={target.lastScrapeMs} />}</Fact>
        <Fact name="Took">
          {readableDuration(target.lastDurationMs)} <span className="muted">of {printDuration(target.timeoutMs)}</span>
        </Fact>
        <Fact name="Interval">{printDuration(target.intervalMs)}</Fact>
        <Fact name="Samples">{target.samplesScraped.toLocaleString()}</Fact>
        <Fact name="Last 20">
          <RecentStrip recent={target.recent} />
        </Fact>
      </Facts>
      <Section title="Labels">
        <Labels labels={target.labels} onPick={(name, value) => onFilter(`${name}=${quote(value)}`)} />
      </Section>
      <Section title="Discovered labels">
        <Labels labels={target.discoveredLabels} />
      </Section>
    </Inspector>
  );
}

function Trouble({ target }: { readonly target: Target }) {
  if (target.lastError === '') return null;
  const trouble = explainScrapeError(target.lastError, target);
  return (
    <div style={{ marginBottom: 16 }}>
      {trouble !== null && (
        <p style={{ margin: '0 0 8px' }}>
          <strong>{trouble.sentence}</strong> {trouble.advice}
        </p>
      )}
      <pre className={page.pre}>{target.lastError}</pre>
    </div>
  );
}
