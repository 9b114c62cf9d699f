import type { languages } from 'monaco-editor/editor';
import { tokens } from '../../shared/promql/highlight.ts';

export const LANGUAGE = 'promql';

/** Monaco colours line by line; what a word is depends on the brackets before it, so the lines above are the state. */
class LinesAbove implements languages.IState {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  clone(): languages.IState {
    return this;
  }

  equals(other: languages.IState): boolean {
    return other instanceof LinesAbove && other.text === this.text;
  }
}

export const promqlTokens: languages.TokensProvider = {
  getInitialState: () => new LinesAbove(''),
  tokenize: (line, state) => {
    const above = state instanceof LinesAbove ? state.text : '';
    const inLine = tokens(above + line)
      .filter(({ span }) => span.to > above.length)
      .map(({ span, kind }) => ({ startIndex: Math.max(0, span.from - above.length), scopes: `${kind}.promql` }));
    return { tokens: inLine, endState: new LinesAbove(`${above}${line}\n`) };
  },
};
