import { planRead, readConfig } from './compile.ts';
import { Explainer } from './explainer.ts';
import type { Explanation } from './explanation.ts';
import type { CompileInput, CompileResult } from './plan.ts';

/** As `compile`, and why it is so. */
export async function compileExplained(
  input: CompileInput,
): Promise<{ result: CompileResult; explanation: Explanation }> {
  const explainer = new Explainer(input);
  const read = await readConfig(input, explainer);
  const result = await planRead(read, input, explainer);
  return { result, explanation: explainer.explain(read.config, result) };
}
