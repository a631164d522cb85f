import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, foldGutter, foldKeymap, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { described, EACH_UNSEEN } from '../../../ui/unseen.ts';
import css from './yaml.module.css';

const LOOKS = EditorView.theme({
  '&': { maxHeight: 'min(760px, 80vh)', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', fontSize: '13px', lineHeight: '1.55' },
  '.cm-content': { padding: '8px 0' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-sunken)',
    color: 'var(--text-muted)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-panels': { backgroundColor: 'var(--surface-sunken)', color: 'var(--text)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-searchMatch': { backgroundColor: 'var(--waiting-wash)', outline: '1px solid var(--waiting)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--surface-selected)' },
  '.cm-unseen': {
    margin: '0 1px',
    padding: '0 3px',
    borderRadius: '3px',
    backgroundColor: 'var(--failed-wash)',
    color: 'var(--failed)',
    fontSize: '0.786em',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--quiet-wash)', border: '0', color: 'var(--text-muted)' },
});
const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.definition(tags.propertyName), color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: [tags.comment, tags.meta], color: 'var(--text-muted)' },
  { tag: [tags.keyword, tags.bool, tags.number], color: 'var(--running)' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--waiting)' },
]);

/** As ui/name.tsx shows them. */
const UNSEEN = highlightSpecialChars({
  specialChars: EACH_UNSEEN,
  render: (point) => {
    const { code, name } = described(String.fromCodePoint(point));
    const mark = document.createElement('span');
    mark.className = 'cm-unseen';
    mark.textContent = code;
    mark.title = `${code} ${name}`;
    return mark;
  },
});

/**
 * YAML to be read, folded and searched. It lives in a shadow root, where CodeMirror adopts its styles instead of adding a
 * style element, which the content security policy refuses.
 */
export function YamlView({ text, label }: { text: string; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const view = new EditorView({
      root,
      parent: root,
      doc: text,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
        lineNumbers(),
        UNSEEN,
        foldGutter(),
        search({ top: true }),
        highlightSelectionMatches(),
        keymap.of([...searchKeymap, ...foldKeymap]),
        yaml(),
        syntaxHighlighting(COLOURS),
        LOOKS,
      ],
    });
    return () => view.destroy();
  }, [text, label]);
  return <div ref={host} className={css.view} />;
}
