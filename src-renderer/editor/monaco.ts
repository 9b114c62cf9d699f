/**
 * Monaco with what a query needs and no more: this module and all that it imports is one chunk, loaded after the first
 * paint.
 */
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/placeholderText/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import type { EngineClient } from '../ipc/client.ts';
import { completions } from './completions.ts';
import { hoverAt } from './hover.ts';
import { LANGUAGE, promqlTokens } from './promql-tokens.ts';

export { monaco };

/** Teaches Monaco the language. Once a page: the registry of languages is global there. */
export function setUpMonaco(engine: EngineClient): void {
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
  monaco.languages.register({ id: LANGUAGE });
  monaco.languages.setLanguageConfiguration(LANGUAGE, {
    wordPattern: /[a-zA-Z_:][a-zA-Z0-9_:]*/,
    comments: { lineComment: '#' },
    brackets: [
      ['(', ')'],
      ['{', '}'],
      ['[', ']'],
    ],
    autoClosingPairs: ['()', '{}', '[]', '""', "''", '``'].map((pair) => ({
      open: pair.charAt(0),
      close: pair.charAt(1),
      notIn: ['string'],
    })),
    surroundingPairs: ['()', '{}', '[]', '""', "''"].map((pair) => ({ open: pair.charAt(0), close: pair.charAt(1) })),
  });
  monaco.languages.setTokensProvider(LANGUAGE, promqlTokens);
  monaco.languages.registerCompletionItemProvider(LANGUAGE, {
    triggerCharacters: ['{', '"', '(', ',', '[', '=', ' '],
    provideCompletionItems: (model, position, _context, token) => completions(engine, { model, position, token }),
  });
  monaco.languages.registerHoverProvider(LANGUAGE, {
    provideHover: (model, position, token) => hoverAt(engine, { model, position, token }),
  });
  defineTheme('hearth-light', 'vs', LIGHT);
  defineTheme('hearth-dark', 'vs-dark', DARK);
}

interface ThemeColors {
  readonly tokens: Readonly<Record<string, string>>;
  readonly colors: Readonly<Record<string, string>>;
}

/** All at least 4.5:1 on their background. */
const LIGHT: ThemeColors = {
  tokens: {
    metric: '1a1d21',
    label: '0a6b5a',
    function: '1f5fd6',
    aggregation: '1f5fd6',
    keyword: '6741d9',
    operator: '5b6470',
    number: '9a4b00',
    duration: '9a4b00',
    string: '9c2f5f',
    punctuation: '5b6470',
    comment: '6b7480',
    invalid: 'c92a2a',
  },
  colors: {
    'editor.background': '#ffffff',
    'editor.foreground': '#1a1d21',
    'editorWidget.background': '#ffffff',
    'editorWidget.border': '#868e96',
    'editorSuggestWidget.background': '#ffffff',
    'editorSuggestWidget.border': '#868e96',
    'editorSuggestWidget.selectedBackground': '#e4edfb',
    'editorSuggestWidget.selectedForeground': '#1a1d21',
    'editorSuggestWidget.highlightForeground': '#1f5fd6',
    'editorSuggestWidget.focusHighlightForeground': '#1f5fd6',
    'editorCursor.foreground': '#1f5fd6',
    focusBorder: '#00000000',
  },
};

const DARK: ThemeColors = {
  tokens: {
    metric: 'e6e9ee',
    label: '7bd6c4',
    function: '7aa8ff',
    aggregation: '7aa8ff',
    keyword: 'b197fc',
    operator: '9aa4b2',
    number: 'ffc078',
    duration: 'ffc078',
    string: 'ff9dbb',
    punctuation: '9aa4b2',
    comment: '8a94a2',
    invalid: 'ff8787',
  },
  colors: {
    'editor.background': '#15181d',
    'editor.foreground': '#e6e9ee',
    'editorWidget.background': '#1c2027',
    'editorWidget.border': '#6b7684',
    'editorSuggestWidget.background': '#1c2027',
    'editorSuggestWidget.border': '#6b7684',
    'editorSuggestWidget.selectedBackground': '#202d45',
    'editorSuggestWidget.selectedForeground': '#e6e9ee',
    'editorSuggestWidget.highlightForeground': '#7aa8ff',
    'editorSuggestWidget.focusHighlightForeground': '#7aa8ff',
    'editorCursor.foreground': '#7aa8ff',
    focusBorder: '#00000000',
  },
};

function defineTheme(name: string, base: 'vs' | 'vs-dark', { tokens, colors }: ThemeColors): void {
  const rules = Object.entries(tokens).map(([token, foreground]) => ({ token: `${token}.promql`, foreground }));
  monaco.editor.defineTheme(name, { base, inherit: true, rules, colors: { ...colors } });
}
