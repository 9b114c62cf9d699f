import { Button } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { printDuration, readableDuration } from '../../format/duration.ts';
import { Fact, Facts, Inspector, Section } from '../../ui/Inspector.tsx';
import { Labels } from '../../ui/Labels.tsx';
import page from '../../ui/page.module.css';
import { StateMark } from '../../ui/StateMark.tsx';
import { Moment } from '../../ui/TimeText.tsx';
import { Annotations } from './Annotations.tsx';
import type { RuleRow } from './alerts-search.ts';
import { ruleLook } from './RulesGrid.tsx';

export function RuleInspector({ row, onClose }: { readonly row: RuleRow; readonly onClose: () => void }) {
  const { rule, group } = row;
  return (
    <Inspector
      title={rule.name}
      onClose={onClose}
      actions={
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to="/query" search={{ expr: rule.query, range: '1h' }} />}
          leftSection={<IconTerminal2 size={16} stroke={1.5} />}
        >
          Open in Query
        </Button>
      }
    >
      {rule.lastError !== '' && <pre className={page.pre}>{rule.lastError}</pre>}
      <Facts>
        <Fact name="State">
          <StateMark {...ruleLook(row)} />
        </Fact>
        <Fact name="Group">{group.name}</Fact>
        <Fact name="File">
          <code>{group.file}</code>
        </Fact>
        <Fact name="Every">{printDuration(group.intervalMs)}</Fact>
        {rule.forMs > 0 && <Fact name="For">{printDuration(rule.forMs)}</Fact>}
        {rule.keepFiringForMs > 0 && <Fact name="Keep firing">{printDuration(rule.keepFiringForMs)}</Fact>}
        {rule.lastEvaluationMs > 0 && (
          <Fact name="Last run">
            <Moment ms={rule.lastEvaluationMs} />, took {readableDuration(rule.evaluationDurationMs)}
          </Fact>
        )}
      </Facts>
      <Section title="Expression">
        <pre className={page.pre}>{rule.query}</pre>
      </Section>
      {Object.keys(rule.labels).length > 0 && (
        <Section title="Labels">
          <Labels labels={rule.labels} />
        </Section>
      )}
      <Annotations annotations={rule.annotations} />
    </Inspector>
  );
}
