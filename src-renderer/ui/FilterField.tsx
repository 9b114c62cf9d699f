import { ActionIcon, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';

interface FilterFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly width?: number;
}

/** The filter of a page: `/` goes there, Escape empties it. */
export function FilterField({ label, value, onChange, width = 240 }: FilterFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <TextInput
      ref={input}
      w={width}
      aria-label={label}
      placeholder={`${label}  /`}
      value={value}
      leftSection={<IconSearch size={14} stroke={1.5} />}
      rightSection={
        value === '' ? null : (
          <ActionIcon size={24} aria-label="Clear the filter" onClick={() => onChange('')}>
            <IconX size={14} stroke={1.5} />
          </ActionIcon>
        )
      }
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        if (value === '') input.current?.blur();
        else onChange('');
      }}
    />
  );
}

/** Whether a key press belongs to a field rather than to a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
