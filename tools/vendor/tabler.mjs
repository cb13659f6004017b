// Keep of Tabler what our pages name: node tabler.mjs <source> <target> <repository> [<names left out>].
// A selector stays when every class in it stands somewhere in our templates, scripts or Python, or is one of
// the small utilities people reach for while they write a page. tests/test_static.py says when one is missing.
import fs from 'node:fs';
import path from 'node:path';
import postcss from 'postcss';
const [source, target, repository, leftOut] = process.argv.slice(2);
const SKIPPED = new Set(['.git', '.venv', 'var', 'docs', 'tests', 'benchmarks', 'migrations', 'fixtures', 'vendor', 'node_modules']);
const HANDY = /^(?:[mp][tbxyse]?-(?:[0-4]|auto)|d-(?:none|flex|block|grid|inline(?:-block|-flex)?)|w-(?:50|100|auto)|text-(?:start|end|center|nowrap|break|truncate|secondary)|align-items-(?:start|center|end|baseline)|justify-content-(?:start|center|end|between)|flex-(?:wrap|nowrap|column|fill)|gap-[1-3]|fw-(?:bold|normal)|btn-(?:sm|lg|icon|link|list|primary)|table-(?:sm|responsive)|form-(?:check|check-inline|control|select|hint|label)|list-unstyled|input-group|input-group-text)$/;

const named = new Set();
function read(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) read(at);
    else if (/\.(?:html|js|py)$/.test(entry.name)) for (const [word] of fs.readFileSync(at, 'utf8').matchAll(/[A-Za-z_][\w-]*/g)) named.add(word);
  }
}
read(repository);

const root = postcss.parse(fs.readFileSync(source, 'utf8').replace(/\/\*# sourceMappingURL.*?\*\//s, ''));
const missing = new Set();
root.walkRules((rule) => {
  if (rule.parent.type === 'atrule' && /keyframes/.test(rule.parent.name)) return;
  const kept = rule.selectors.filter((selector) => {
    const unknown = [...selector.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((m) => m[1]).filter((name) => !named.has(name) && !HANDY.test(name));
    unknown.forEach((name) => missing.add(name));
    return !unknown.length;
  });
  if (!kept.length) rule.remove(); else if (kept.length < rule.selectors.length) rule.selectors = kept;
});
root.walkComments((comment) => { if (!comment.text.startsWith('!')) comment.remove(); });
// A variable nobody reads is weight, and so are movements and media queries without content.
for (let pass = 0; pass < 4; pass++) {
  const now = root.toString();
  const used = new Set([...now.matchAll(/var\((--tblr-[\w-]+)/g)].map((m) => m[1]));
  root.walkDecls(/^--tblr-/, (line) => { if (!used.has(line.prop) && !/^--tblr-(primary|body|secondary|border|link|font|bg)/.test(line.prop)) line.remove(); });
  const moves = new Set([...now.matchAll(/animation(?:-name)?:([^;}]+)/g)].flatMap((m) => m[1].split(/[\s,]+/)));
  root.walkAtRules(/keyframes/, (at) => { if (!moves.has(at.params)) at.remove(); });
  root.walkRules((rule) => { if (rule.nodes && !rule.nodes.length) rule.remove(); });
  root.walkAtRules((at) => { if (at.nodes && !at.nodes.length) at.remove(); });
}
fs.writeFileSync(target, root.toString());
if (leftOut) fs.writeFileSync(leftOut, `${[...missing].sort().join('\n')}\n`);
