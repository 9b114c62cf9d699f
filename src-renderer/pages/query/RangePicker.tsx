import { ActionIcon, Button, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconZoomOut } from '@tabler/icons-react';
import { useState } from 'react';
import {
  lastOf,
  parseTimeRange,
  readableRange,
  scaleRange,
  shiftRange,
  type TimeRange,
} from '../../format/time-range.ts';
import classes from './QueryPage.module.css';

interface RangePickerProps {
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
  /** null when no zoom is to be undone. */
  readonly onZoomBack: (() => void) | null;
}

const MINUTE = 60_000;
const QUICK_MS = [5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080, 43_200].map((minutes) => minutes * MINUTE);

export function RangePicker({ range, onRange, onZoomBack }: RangePickerProps) {
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.range}>
      {onZoomBack !== null && (
        <Button variant="subtle" onClick={onZoomBack} leftSection={<IconZoomOut size={16} stroke={1.5} />}>
          Back (Z)
        </Button>
      )}
      <Tooltip label="Half a range earlier  [">
        <ActionIcon aria-label="Half a range earlier" onClick={() => onRange(shiftRange(range, -0.5, Date.now()))}>
          <IconChevronLeft size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            aria-haspopup="dialog"
            onClick={() => setOpened(!opened)}
            rightSection={<IconChevronDown size={14} stroke={1.5} />}
          >
            {readableRange(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Time range" p={12} w={320}>
          <RangeForm
            range={range}
            onRange={(next) => {
              onRange(next);
              setOpened(false);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <Tooltip label="Half a range later  ]">
        <ActionIcon
          aria-label="Half a range later"
          disabled={range.kind === 'relative' && range.toAgoMs === 0}
          onClick={() => onRange(shiftRange(range, 0.5, Date.now()))}
        >
          <IconChevronRight size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Twice as long  −">
        <ActionIcon aria-label="Twice as long" onClick={() => onRange(scaleRange(range, 2, Date.now()))}>
          <IconZoomOut size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function RangeForm({ range, onRange }: { readonly range: TimeRange; readonly onRange: (range: TimeRange) => void }) {
  const [text, setText] = useState('');
  const parsed = text === '' ? null : parseTimeRange(text, Date.now());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed !== null) onRange(parsed);
      }}
    >
      <TextInput
        label="Range"
        description="6h, now-6h to now-1h, 2026-11-24 10:00 to 11:30, yesterday"
        placeholder={readableRange(range)}
        value={text}
        data-autofocus
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== '' && parsed === null ? 'Not a range yet' : null}
      />
      <div className={classes.quick}>
        {QUICK_MS.map((ms) => (
          <Button key={ms} variant="subtle" color="gray" justify="flex-start" onClick={() => onRange(lastOf(ms))}>
            {readableRange(lastOf(ms))}
          </Button>
        ))}
      </div>
    </form>
  );
}
