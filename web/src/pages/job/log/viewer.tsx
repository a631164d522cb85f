import { clsx } from 'clsx';
import { ArrowDownToLine } from 'lucide-react';
import { type MouseEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { isStatus } from '../../../api/problem.ts';
import { Note, Skeleton } from '../../../ui/note.tsx';
import { keptSwitch } from '../../../ui/kept-choice.ts';
import { Problem } from '../../../ui/problem.tsx';
import { type Shortcut, useShortcutsOf } from '../../../ui/use-shortcuts.ts';
import { useStable } from '../../../ui/use-stable.ts';
import { ChosenLines } from './chosen-lines.tsx';
import { chosen as chosenBy, within } from './line-range.ts';
import { Lines, type LinesHandle } from './lines.tsx';
import type { LogAddress } from './log-address.ts';
import { LogTools } from './log-tools.tsx';
import { SearchBar } from './search-bar.tsx';
import { sizeText } from './size-text.ts';
import { useFolds } from './use-folds.ts';
import { useFindKey } from './use-find-key.ts';
import { useFullScreen } from './use-full-screen.ts';
import { useLog } from './use-log.ts';
import { useLinesOfAddress, useQueryOfAddress } from './use-place.ts';
import { useSearch } from './use-search.ts';
import { useShownLines } from './use-shown-lines.ts';
import css from './viewer.module.css';

/** As this person likes it, of every log. */
const wraps = keptSwitch('log.wrap', false);
const tellsTimes = keptSwitch('log.timestamps', false);

interface Props {
  address: LogAddress;
  /** Name of the file that a download becomes. */
  fileName: string;
  /** Whether the job writes it, or may begin to. */
  expected: boolean;
  /** Whether what matters stands at the end. */
  endFirst: boolean;
  /** What stands where there is no log. */
  none: ReactNode;
  /** What stands where it was erased under one's eyes. */
  gone: ReactNode;
}

/** A log: live, searched, folded, linked to by line, however long it is. */
export function LogViewer({ address, fileName, expected, endFirst, none, gone }: Props) {
  const [store, state] = useLog(address, expected);
  const [asked, choose] = useLinesOfAddress();
  const [query, setQuery] = useQueryOfAddress();
  const wrap = wraps.use();
  const stamps = tellsTimes.use();
  const [full, setFull] = useFullScreen();
  const [named] = useState(asked?.from ?? null);
  const [follows, follow] = useState(asked === null && query.text === '');
  const folds = useFolds(state.sections, state.lines);
  const search = useSearch(address.trace, query, state.size, state.live);
  const lines = useRef<LinesHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  const viewer = useRef<HTMLElement>(null);
  const { current, step } = useShownLines(lines, state, search, folds, named, endFirst);
  useFindKey(viewer, input);
  // A log that goes on may come to have them.
  const chosen = asked === null || state.live ? asked : within(asked, state.lines);

  const onNumber = useStable((event: MouseEvent, line: number) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    follow(false);
    const next = chosenBy(chosen, line, event.shiftKey);
    choose(chosen?.from === next.from && chosen.to === next.to ? null : next);
  });
  const toEnd = () => {
    if (state.live) follow(true);
    lines.current?.toEnd();
  };
  const act = useStable((name: string) => {
    if (name === 'search') input.current?.focus();
    else if (name === 'wrap') wraps.turn(!wrap);
    else if (name === 'full') setFull(!full);
    else if (name === 'start') lines.current?.toStart();
    else if (name === 'end') toEnd();
    else step(name === 'next' ? 1 : -1);
  });
  useShortcutsOf(
    useMemo<Shortcut[]>(
      () => SHORTCUTS.map(([keys, label, name]) => ({ keys, label, act: () => act(name) })),
      [act],
    ),
  );

  if (state.phase === 'loading') return <Skeleton lines={12} />;
  if (state.phase === 'problem' && isStatus(state.error, 403))
    return (
      <Note tone="waiting">
        You may not read this log: it was written with CI_DEBUG_TRACE, so it may show secrets, and developers
        of the project alone may see it.
      </Note>
    );
  if (state.phase === 'problem') return <Problem error={state.error} retry={() => store.again()} />;
  if (state.phase === 'gone') return gone;
  if (state.phase === 'none') return none;
  const isEmpty = state.lines === 0;
  return (
    <section ref={viewer} className={clsx(css.viewer, full && css.full)} aria-label="Log of the job">
      <div className={css.bar}>
        <SearchBar
          input={input}
          query={query}
          onQuery={setQuery}
          search={search}
          size={state.size}
          current={current}
          onStep={step}
          onLeave={() => lines.current?.focus()}
        />
        <LogTools
          trace={address.trace}
          fileName={fileName}
          folds={state.sections.length > 0 ? folds : null}
          stamps={state.stamped ? stamps : null}
          onStamps={tellsTimes.turn}
          wrap={wrap}
          onWrap={wraps.turn}
          full={full}
          onFull={setFull}
          onStart={() => lines.current?.toStart()}
          onEnd={toEnd}
        />
      </div>
      {chosen && asked && !isEmpty && (
        <ChosenLines
          range={chosen}
          missing={asked.to > state.lines ? asked.to : null}
          isLive={state.live}
          address={address}
          onClear={() => choose(null)}
        />
      )}
      {state.error !== null && <Problem error={state.error} retry={() => store.again()} />}
      {isEmpty ? (
        <div className={css.empty}>
          {state.live ? 'Nothing has been written yet.' : 'The job has written nothing.'}
        </div>
      ) : (
        <Lines
          ref={lines}
          store={store}
          state={state}
          folds={folds}
          wrap={wrap}
          stamps={stamps && state.stamped}
          chosen={chosen}
          findings={search?.findings ?? null}
          current={current}
          follows={follows && state.live}
          onFollow={follow}
          onNumber={onNumber}
        />
      )}
      {state.live && !follows && (
        <Button kind="primary" size="small" icon={ArrowDownToLine} className={css.follow} onClick={toEnd}>
          Follow the log
        </Button>
      )}
      <p className={css.foot} role="status">
        {state.live && <span className={css.live}>Live</span>}
        {`${state.lines.toLocaleString()} ${state.lines === 1 ? 'line' : 'lines'} · ${sizeText(state.size)}`}
        {state.sectionsCut && ' · it has more sections than can be folded'}
      </p>
    </section>
  );
}

const SHORTCUTS: readonly (readonly [keys: string, label: string, act: string])[] = [
  ['/', 'Search the log', 'search'],
  ['n', 'Next finding', 'next'],
  ['N', 'Previous finding', 'previous'],
  ['t', 'Beginning of the log', 'start'],
  ['e', 'End of the log; follow it while it is live', 'end'],
  ['w', 'Wrap long lines', 'wrap'],
  ['f', 'Log in full screen', 'full'],
];
