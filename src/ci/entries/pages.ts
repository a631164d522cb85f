import { isExpiry } from '../duration.ts';
import { mayRefer } from '../expand.ts';
import type { PagesSpec } from '../plan.ts';
import { at, isBlank, isBoolean, isString, type YamlMapping } from '../yaml-node.ts';
import { checkKeys, optionalString } from './checks.ts';
import type { Scope } from './scope.ts';

const DEFAULT_FOLDER = 'public';

/** Whether the job makes a site: it says `pages`, or is called so and does not deny it. */
export function isPagesJob(name: string, node: YamlMapping): boolean {
  const pages = at(node, 'pages');
  if (pages && !isBlank(pages)) return true;
  return name === 'pages' && !(pages && isBoolean(pages));
}

/** `pages` and `publish`: the folder of the artifacts that is shown as a site. Undefined: the job makes none. */
export function readPages(name: string, node: YamlMapping, scope: Scope): PagesSpec | undefined {
  const publish = at(node, 'publish');
  const folder = publish && isString(publish) ? publish.value : DEFAULT_FOLDER;
  if (publish && !isString(publish))
    scope.child('publish').error('config', 'should be a string', publish.position);
  const pages = at(node, 'pages');
  const spec: PagesSpec = { publish: folder, expire_in: null };
  if (pages?.kind === 'mapping') {
    const below = scope.child('pages');
    checkKeys(pages, below, ['publish', 'expire_in'], ['path_prefix']);
    const expiry = at(pages, 'expire_in');
    if (expiry && isString(expiry) && (mayRefer(expiry.value) || isExpiry(expiry.value)))
      spec.expire_in = expiry.value;
    else if (expiry) below.error('expire_in', 'should be a duration', expiry.position);
    spec.publish = optionalString(at(pages, 'publish'), 'publish', below) ?? folder;
  } else if (pages && !isBoolean(pages)) {
    scope.child('pages').error('config', 'should be a hash or a boolean value', pages.position);
  }
  return isPagesJob(name, node) ? spec : undefined;
}
