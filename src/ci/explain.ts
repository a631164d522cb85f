import { planRead, type Read, readConfig } from './compile.ts';
import { Explainer } from './explainer.ts';
import type { Explanation } from './explanation.ts';
import type { CompileInput, CompileResult } from './plan.ts';

/** As `compile`, with what was read, and why it is so. */
export async function compileExplained(
  input: CompileInput,
): Promise<{ result: CompileResult; read: Read; explanation: Explanation }> {
  const explainer = new Explainer(input);
  const read = await readConfig(input, explainer);
  const result = await planRead(read, input, explainer);
  return { result, read, explanation: explainer.explain(read.config, result) };
}
