import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Silence, SilenceMatcher } from '../../../shared/alerts.ts';
import { DURATION_CHOICES, parseSilenceEnd } from '../../format/silence-duration.ts';
import { localTime } from '../../format/time.ts';
import { useCall, useChange } from '../../ipc/use-call.ts';
import { usePreferences } from '../../state/preferences.ts';
import { parseMatchers } from '../../state/silence-draft.ts';
import { Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { textParam } from '../../ui/search-text.ts';
import { useNow } from '../../ui/TimeText.tsx';
import { emptyRow, type MatcherRow, MatcherRows, matchersOf, rowsOf } from './MatcherRows.tsx';
import { SilencePreview } from './SilencePreview.tsx';
import classes from './silences.module.css';

export interface NewSilenceSearch {
  /** Matchers to begin with: `alertname="Down", instance="a"`. */
  readonly m?: string;
  /** A silence to change, or to make again when it is expired. */
  readonly id?: string;
  readonly comment?: string;
}

export function parseNewSilenceSearch(search: Record<string, unknown>): NewSilenceSearch {
  return { m: textParam(search, 'm'), id: textParam(search, 'id'), comment: textParam(search, 'comment') };
}

export function NewSilencePage({ search }: { readonly search: NewSilenceSearch }) {
  const editing = (search.id ?? '') !== '';
  const list = useCall('silences.list', {}, { enabled: editing });
  const silence = list.data?.find((each) => each.id === search.id);
  const title = !editing ? 'New silence' : silence?.state === 'expired' ? 'Silence again' : 'Edit silence';
  return (
    <>
      <PageHeader title={title}>
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/silences" search={{}} />}>
          Cancel
        </Button>
      </PageHeader>
      <div className={page.scroll}>
        {editing && list.isPending && <Waiting rows={5} />}
        {editing && list.error !== null && <Failure what="The silence could not be read." error={list.error} />}
        {editing && list.data !== undefined && silence === undefined && (
          <Failure what="There is no such silence any more." error={new Error(`No silence has the id ${search.id}`)} />
        )}
        {(!editing || silence !== undefined) && (
          <SilenceForm
            key={`${search.id} ${search.m}`}
            silence={silence ?? null}
            matchers={parseMatchers(search.m ?? '') ?? []}
            comment={search.comment ?? ''}
          />
        )}
      </div>
    </>
  );
}

interface SilenceFormProps {
  readonly silence: Silence | null;
  readonly matchers: readonly SilenceMatcher[];
  readonly comment: string;
}

/** null: the end stays where the edited silence has it. */
type End = { readonly kind: 'choice'; readonly label: string } | { readonly kind: 'text'; readonly text: string };

function SilenceForm({ silence, matchers, comment: initialComment }: SilenceFormProps) {
  const navigate = useNavigate();
  const author = usePreferences((state) => state.author);
  const setAuthor = usePreferences((state) => state.setAuthor);
  const running = silence !== null && silence.state !== 'expired';
  const [rows, setRows] = useState<readonly MatcherRow[]>(() => [...rowsOf(silence?.matchers ?? matchers), emptyRow()]);
  const [end, setEnd] = useState<End>(
    running ? { kind: 'text', text: localTime(silence.endsAtMs) } : { kind: 'choice', label: '1 h' },
  );
  const [createdBy, setCreatedBy] = useState(silence?.createdBy ?? author);
  const [comment, setComment] = useState(silence?.comment ?? initialComment);
  const now = useNow();
  const save = useChange('silences.set', ['silences.list', 'alerts.list']);
  const startsAtMs = running ? silence.startsAtMs : now;
  const endsAtMs = endOf(end, Math.max(now, startsAtMs));
  const complete = matchersOf(rows);
  const pickAll = complete.length > 0 && complete.every(matchesEmpty);
  const ready = complete.length > 0 && !pickAll && endsAtMs !== null && createdBy.trim() !== '';

  const submit = () => {
    if (!ready) return;
    setAuthor(createdBy.trim());
    save.mutate(
      {
        id: silence?.id ?? null,
        matchers: [...complete],
        startsAtMs,
        endsAtMs,
        createdBy: createdBy.trim(),
        comment: comment.trim(),
      },
      { onSuccess: ({ id }) => void navigate({ to: '/silences', search: { silence: id } }) },
    );
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={classes.fields}>
        <fieldset className={classes.group}>
          <legend className={classes.legend}>Silence alerts that match all of</legend>
          <MatcherRows rows={rows} onChange={setRows} />
          {pickAll && (
            <p style={{ margin: 0, color: 'var(--critical)' }}>
              At least one matcher must ask for a value: these match every alert.
            </p>
          )}
        </fieldset>
        <fieldset className={classes.group}>
          <legend className={classes.legend}>For how long</legend>
          <div className={classes.chips}>
            {DURATION_CHOICES.map((choice) => (
              <button
                key={choice.label}
                type="button"
                className={classes.chip}
                aria-pressed={end.kind === 'choice' && end.label === choice.label}
                onClick={() => setEnd({ kind: 'choice', label: choice.label })}
              >
                {choice.label}
              </button>
            ))}
          </div>
          <TextInput
            label="Or in your words"
            placeholder="90m, until 18:00, 2026-12-01 09:00"
            value={end.kind === 'text' ? end.text : ''}
            onChange={(event) => setEnd({ kind: 'text', text: event.currentTarget.value })}
            error={
              end.kind === 'text' && end.text !== '' && endsAtMs === null ? 'Not a duration or a time to come' : null
            }
            description={endsAtMs === null ? ' ' : `Ends ${localTime(endsAtMs)}`}
          />
        </fieldset>
        <TextInput
          label="Your name"
          required
          value={createdBy}
          onChange={(event) => setCreatedBy(event.currentTarget.value)}
        />
        <TextInput
          label="Comment"
          placeholder="Why, for whoever wonders later"
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {save.error !== null && <Failure what="The silence could not be saved." error={save.error} />}
        <div className={classes.buttons}>
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            {running ? 'Save' : 'Silence'}
          </Button>
        </div>
      </div>
      <SilencePreview matchers={complete} />
    </form>
  );
}

function endOf(end: End, fromMs: number): number | null {
  if (end.kind === 'text') return parseSilenceEnd(end.text, fromMs);
  return DURATION_CHOICES.find((choice) => choice.label === end.label)?.endsAtMs(fromMs) ?? null;
}

/** Alertmanager refuses a silence whose matchers all accept a label that is not there. */
function matchesEmpty({ value, isEqual, isRegex }: SilenceMatcher): boolean {
  if (!isRegex) return (value === '') === isEqual;
  try {
    return new RegExp(`^(?:${value})$`).test('') === isEqual;
  } catch {
    return false;
  }
}
