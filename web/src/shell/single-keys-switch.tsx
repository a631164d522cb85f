import { SwitchField } from '../ui/field.tsx';
import { singleKeys } from './single-keys.ts';

/** Turns the shortcuts of single keys off, in this browser. */
export function SingleKeysSwitch() {
  return (
    <SwitchField
      label="Shortcuts without Ctrl"
      hint="When they are off, this sheet is found by Ctrl K: “Keyboard shortcuts”."
      checked={singleKeys.use()}
      onChange={singleKeys.turn}
    />
  );
}
