// Keep of Tabler what server-rendered pages use: no widgets that need its JavaScript or other libraries.
import fs from 'node:fs';
import postcss from 'postcss';
const [source, target] = process.argv.slice(2);
const families = ('navbar offcanvas carousel accordion popover tooltip toast toasts otp signal sortable mention signature chat ' +
  'markdown ribbon theme legend sparkline strength calendar hr chart tracking dropstart dropend dropup blocks litepicker apexcharts ' +
  'fc jvm ts ts-wrapper plyr dropzone hljs noUi tox coloris clr fslightbox star browser ratio bs-popover bs-tooltip ' +
  'switch-icon list-group-transparent page-wrapper page-center page-body page-tabs layout-boxed layout-fluid object ' +
  'progressbg card-stacked card-rotate nav-segmented social payment flag user-select translate animation steps').split(' ');
const colours = 'azure indigo purple pink orange yellow lime teal cyan facebook twitter linkedin google youtube vimeo dribbble github instagram pinterest vk rss flickr bitbucket tabler x gray-50 gray-100 gray-200 gray-300 gray-400 gray-500 gray-600 gray-700 gray-800 gray-900 gray-950';
const colour = new RegExp(`\\.[a-z-]*?(?:btn|bg|text|link|border|badge|alert|status|form|avatar|progress|btn-outline|btn-ghost|hover|card|tag|divide|list-group-item)-(?:[a-z]+-)?(?:${colours.split(' ').join('|')})(?:-lt|-fg|-emphasis|-subtle)?(?![a-z0-9])`);
const family = new RegExp(`\\.(?:${families.join('|')})(?![a-z0-9])`);
const drop = s => family.test(s) || colour.test(s) || /\.(?:btn|card|form|link)-[a-z]*gradient|-gradient/.test(s) || /\.(?:m|p)[a-z]?-(?:sm|md|xl|xxl)-|\.(?:order|offset)-/.test(s) || /-xxl-/.test(s);
const css = fs.readFileSync(source, 'utf8').replace(/\/\*# sourceMappingURL.*?\*\//s, '');
const root = postcss.parse(css);
root.walkRules(rule => {
  if (rule.parent.type === 'atrule' && /keyframes/.test(rule.parent.name)) return;
  const kept = rule.selectors.filter(s => !drop(s));
  if (!kept.length) rule.remove(); else if (kept.length < rule.selectors.length) rule.selectors = kept;
});
root.walkAtRules(at => { if (at.nodes && !at.nodes.length) at.remove(); });
const text = root.toString();
const names = new Set([...text.matchAll(/animation(?:-name)?:([^;}]+)/g)].flatMap(m => m[1].split(/[\s,]+/)));
root.walkAtRules(/keyframes/, at => { if (!names.has(at.params)) at.remove(); });
// A variable nobody reads is weight.
for (let pass = 0; pass < 3; pass++) {
  const now = root.toString();
  const read = new Set([...now.matchAll(/var\((--tblr-[\w-]+)/g)].map(m => m[1]));
  root.walkDecls(/^--tblr-/, d => { if (!read.has(d.prop) && !/^--tblr-(primary|body|secondary|border|link|font|bg|card|gray|danger|success|warning|info)/.test(d.prop)) d.remove(); });
  root.walkRules(r => { if (r.nodes && !r.nodes.length) r.remove(); });
}
fs.writeFileSync(target, root.toString());
