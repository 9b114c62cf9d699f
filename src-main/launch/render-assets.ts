/**
 * Draws the icon files of assets/ from assets/icon.svg and the tray shapes below, with an installed Chromium:
 * `node src-main/launch/render-assets.ts`. The results are committed; run it after changing a drawing.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright';
import { repository } from './places.ts';
import { launch, say } from './say.ts';

const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const TRAY_SIZES = [
  [22, ''],
  [44, '@2x'],
] as const;

const FLAME =
  'M11.6 4.6c.5 2.7 4 4.6 4 8.200a4.300 4.300 0 0 1-8.600 0c0-1.700.7-2.900 1.700-3.900.3 1.100.8 1.600 1.400 2-.1-2.500.4-4.600 1.500-6.300z';
const BANG =
  '<path d="M11 7.500v5" stroke="INK" stroke-width="2.200" stroke-linecap="round"/><circle cx="11" cy="15.800" r="1.300" fill="INK"/>';

/** A shape and a colour a state; on macOS the colour goes and the shape stays. */
const TRAY = {
  starting: {
    colour: '#868e96',
    drawing: `<circle cx="11" cy="11" r="9" fill="none" stroke="FILL" stroke-width="2" stroke-dasharray="4 2.280"/><path d="${FLAME}" fill="FILL"/>`,
  },
  ok: { colour: '#2f9e4f', drawing: `<circle cx="11" cy="11" r="10" fill="FILL"/><path d="${FLAME}" fill="INK"/>` },
  warning: {
    colour: '#e08700',
    drawing: `<path d="M11 1.500 21 19.500H1z" fill="FILL" stroke="FILL" stroke-width="2" stroke-linejoin="round"/>${BANG}`,
  },
  critical: {
    colour: '#d63031',
    drawing: `<rect x="1.500" y="1.500" width="19" height="19" rx="3" fill="FILL"/>${BANG.replace('7.500v5', '6v6')}`,
  },
} as const;

function traySvg(state: keyof typeof TRAY, template: boolean): string {
  const { colour, drawing } = TRAY[state];
  const body = drawing.replaceAll('FILL', template ? '#000' : colour).replaceAll('INK', template ? '#fff' : '#fff');
  const mask = `<mask id="m"><rect width="22" height="22" fill="#000"/><g>${drawing.replaceAll('FILL', '#fff').replaceAll('INK', '#000')}</g></mask>`;
  const inner = template ? `${mask}<rect width="22" height="22" fill="#000" mask="url(#m)"/>` : body;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22">${inner}</svg>`;
}

async function draw(page: Page, svg: string, size: number, file: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  await page.screenshot({ path: path.join(repository, 'assets', file), omitBackground: true });
}

await launch(async () => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const icon = await readFile(path.join(repository, 'assets', 'icon.svg'), 'utf8');
  for (const size of ICON_SIZES) await draw(page, icon, size, `icons/${size}x${size}.png`);
  await draw(page, icon, 256, 'icon.png');
  await draw(page, icon, 1024, 'icon-1024.png');
  for (const state of ['starting', 'ok', 'warning', 'critical'] as const) {
    for (const [size, suffix] of TRAY_SIZES) {
      await draw(page, traySvg(state, false), size, `tray/${state}${suffix}.png`);
      await draw(page, traySvg(state, true), size, `tray/${state}Template${suffix}.png`);
    }
  }
  await browser.close();
  say('drew assets/icon*.png, assets/icons and assets/tray');
  return 0;
});
