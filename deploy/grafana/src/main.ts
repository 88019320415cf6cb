// Writes each dashboard as JSON into the folder that is named.
import { organization } from './organization';
import { project } from './project';
import { exporter } from './exporter';

declare function require(name: 'node:fs'): {
  writeFileSync(file: string, text: string): void;
};
declare const process: { argv: string[] };

const folder = process.argv[2] ?? '.';
for (const board of [organization, project, exporter].map((each) => each.build())) {
  // Panels are numbered in order: Grafana wants numbers that differ.
  board.panels?.forEach((panel, index) => (panel.id = index + 1));
  const file = `${folder}/${board.uid}.json`;
  require('node:fs').writeFileSync(file, JSON.stringify(board, null, 2) + '\n');
}
