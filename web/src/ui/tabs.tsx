import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { useSearchValue } from '../address/use-search.ts';
import css from './tabs.module.css';
import { useInSight } from './use-in-sight.ts';

export interface Tab {
  value: string;
  label: ReactNode;
  /** Rendered only while it is chosen. */
  content: ReactNode | (() => ReactNode);
}

/** Tabs whose choice stands in the address as `name`; the first is what an address without it shows. */
export function Tabs({ name, label, tabs }: { name: string; label: string; tabs: readonly Tab[] }) {
  const first = tabs[0]?.value ?? '';
  const [value, setValue] = useSearchValue(name, first);
  const chosen = tabs.some((tab) => tab.value === value) ? value : first;
  const row = useInSight<HTMLDivElement>('[data-active]', `${chosen} of ${tabs.length}`);
  return (
    <BaseTabs.Root value={chosen} onValueChange={(next) => setValue(String(next))}>
      <BaseTabs.List ref={row} className={css.list} aria-label={label}>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className={css.tab}>
            {tab.label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className={css.panel}>
          {tab.value === chosen && (typeof tab.content === 'function' ? tab.content() : tab.content)}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
