import { expect, it } from 'vitest';
import { heatMapSvg } from '../../src/report/heat-map.ts';

it('draws what adds in red, what takes away in blue, and leaves out what hardly matters', () => {
  const svg = heatMapSvg(Uint8Array.of(0, 255, 128, 64), Float32Array.of(0, 2, -1, 0.01), 2, 'why "a" <b>');
  expect(svg.match(/<rect/gu)).toHaveLength(2);
  expect(svg).toContain('<rect x="1" y="0" width="1" height="1" fill="#d62828" fill-opacity="1.000"/>');
  expect(svg).toContain('<rect x="0" y="1" width="1" height="1" fill="#1d4ed8" fill-opacity="0.500"/>');
  expect(svg).toContain('aria-label="why a b"');
  expect(svg).toContain('href="data:image/png;base64,');
});

it('draws nothing where nothing matters', () => {
  expect(heatMapSvg(new Uint8Array(4), new Float32Array(4), 2, 'none')).not.toContain('<rect');
});
