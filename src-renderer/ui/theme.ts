import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#edf3ff',
  '#d9e5ff',
  '#b3caff',
  '#8fb4ff',
  '#7aa8ff',
  '#4a82ec',
  '#1f5fd6',
  '#1b54bf',
  '#1748a5',
  '#123a87',
];

/** Our greys in the places where Mantine takes its dark theme from. */
const dark: MantineColorsTuple = [
  '#e6e9ee',
  '#c3c9d1',
  '#9aa4b2',
  '#828d9b',
  '#6b7684',
  '#434b58',
  '#232831',
  '#15181d',
  '#1c2027',
  '#101318',
];

export const theme = createTheme({
  fontFamily: 'var(--ui-font)',
  fontFamilyMonospace: 'var(--code-font)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '22px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      vars: (_theme: unknown, { variant = 'filled' }: { readonly variant?: unknown }) => ({
        root: {
          '--button-height': '28px',
          '--button-fz': '13px',
          '--button-padding-x': '10px',
          ...(variant === 'filled' ? { '--button-color': 'var(--on-accent)' } : {}),
        },
        inner: {},
        loader: {},
        section: {},
        label: {},
      }),
      styles: { label: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    Input: {
      vars: () => ({ wrapper: { '--input-height': '28px', '--input-fz': '13px', '--input-padding': '8px' } }),
    },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      styles: {
        label: { fontSize: '13px', marginBottom: '4px' },
        description: { fontSize: '12px', lineHeight: '16px', marginTop: '4px' },
        error: { fontSize: '12px', lineHeight: '16px', marginTop: '4px' },
      },
    },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    SegmentedControl: {
      defaultProps: { size: 'xs', transitionDuration: 0 },
      styles: {
        root: { background: 'var(--raised)', border: '1px solid var(--line)', padding: 2 },
        label: { fontSize: '13px', lineHeight: '18px', padding: '2px 10px', fontWeight: 400 },
        indicator: { background: 'var(--bg)', boxShadow: '0 0 0 1px var(--line-strong)' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { transitionProps: { duration: 120 } } },
  },
});

/** Mantine's own colours taken from the tokens, so that there is one place for them. */
const fromTokens = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--muted)',
  '--mantine-color-placeholder': 'var(--muted)',
  '--mantine-color-error': 'var(--critical)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-default': 'var(--bg)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-disabled': 'var(--raised)',
  '--mantine-color-disabled-color': 'var(--muted)',
  '--mantine-color-disabled-border': 'var(--line)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: fromTokens, dark: fromTokens });
