import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import {
  link,
  numberedPageParams,
  type PageParams,
  pageOf,
  pageReply,
  pageRequest,
  type Place,
} from './paging.ts';
import { Reply } from './route.ts';

/** The parameters of a list that is read whole, as branches are: by number, or behind a name. */
export const listParams = {
  ...numberedPageParams,
  page_token: Type.Optional(
    Type.String({ description: 'With `pagination=keyset`: the last item of the page before' }),
  ),
};

/** A page of a list that stands in memory. */
interface ListPage<T> {
  items: T[];
  /** The headers of the page, around what its items are shown as. */
  reply(place: Place, shown: object[]): Reply;
}

/**
 * The page that is asked for: with `pagination=keyset` behind the item whose token is `page_token`.
 * @throws 422 for a token that no item has, 405 for an offset too deep
 */
export function listPage<T>(
  params: Pick<PageParams, 'page' | 'per_page' | 'pagination'> & { page_token?: string },
  list: readonly T[],
  tokenOf: (item: T) => string,
): ListPage<T> {
  const request = pageRequest({ ...params, pagination: 'offset' }, 'asc');
  if (params.pagination !== 'keyset') {
    const page = pageOf(list, request);
    return {
      items: page.items,
      reply: (place, shown) => pageReply(place, request, { ...page, items: shown }),
    };
  }
  const start = params.page_token === undefined ? 0 : behind(list, tokenOf, params.page_token);
  const items = list.slice(start, start + request.limit);
  const last = items.at(-1);
  const more = start + request.limit < list.length;
  return {
    items,
    reply: ({ address, params: given }, shown) => {
      const following = { ...given, page: undefined, page_token: last && tokenOf(last) };
      return new Reply(200, shown, more ? { Link: link(address, following, 'next') } : {});
    },
  };
}

function behind<T>(list: readonly T[], tokenOf: (item: T) => string, token: string): number {
  const index = list.findIndex((item) => tokenOf(item) === token);
  if (index < 0) throw new ApiError(422, { message: `Invalid page token: ${token}` });
  return index + 1;
}
