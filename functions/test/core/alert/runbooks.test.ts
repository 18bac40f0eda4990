import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROUTES } from '../../../src/core/access/routes.ts';
import { DEFAULT_RULES } from '../../../src/core/alert/defaultRules.ts';
import { ALERT_METRICS } from '../../../src/core/alert/metric.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FOLDER = join(ROOT, 'docs', 'runbooks');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const source = (folder: string): string[] =>
  readdirSync(join(ROOT, 'functions', 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'functions', 'src', folder, name), 'utf8'));

/** `GET /api/v1/alerts/{id}?x=y` as the table of routes writes it. */
const routeOf = (method: string, path: string) =>
  `${method} ${path.replace(/\?.*/, '').replaceAll(/\{(\w+)\}/g, ':$1')}`;

describe('runbooks', () => {
  it('are there for each default rule, and for nothing else', () => {
    const pages = readdirSync(FOLDER).sort();
    assert.deepEqual(pages, ['README.md', ...DEFAULT_RULES.map(({ slug }) => `${slug}.md`)].sort());
  });

  for (const page of readdirSync(FOLDER)) {
    describe(page, () => {
      const text = readFileSync(join(FOLDER, page), 'utf8');
      const every = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, ...groups]) => groups);

      it('says what it means, how to look, what to do, and when to escalate', () => {
        if (page === 'README.md') return;
        const headings = every(/^(#+ .*)$/gm).flat();
        assert.deepEqual(headings.slice(1), ['## Look', '## Do', '## Escalate']);
        assert.ok(text.split('\n').length < 40 && text.length < 4_000);
      });

      it('names routes, commands and files that there are', () => {
        for (const [method = '', path = ''] of every(/`(GET|POST|PUT|PATCH|DELETE) (\/[^\s`]+)/g)) {
          assert.ok(isRoute(routeOf(method, path)), `${method} ${path}`);
        }
        for (const [name = ''] of every(/npm run ([\w:-]+)/g)) assert.ok(name in scripts, `npm run ${name}`);
        for (const [target = ''] of every(/\]\((?!https:)([^)]+)\)/g)) {
          assert.ok(existsSync(join(dirname(join(FOLDER, page)), target)), target);
        }
      });

      it('names metrics and log components that there are', () => {
        for (const [name = ''] of every(/`(\w+(?:Mean|P95|P5|P99))`/g)) assert.ok(name in ALERT_METRICS, name);
        const sources = ['features', 'http', 'platform'].flatMap(source).join('\n');
        for (const [component = ''] of every(/component="([\w.]+)"/g)) {
          assert.ok(sources.includes(`logOf('${component}')`), component);
        }
      });
    });
  }
});

/** Also where a page names a rule instead of any. */
function isRoute(route: string): boolean {
  return Object.keys(ROUTES).some((known) => new RegExp(`^${known.replaceAll(/:\w+/g, '[^/]+')}$`).test(route));
}
