import { expect, test } from 'vitest';
import { holds, parseExpression } from './expression.ts';

const variables = new Map([
  ['MAIN', 'main'],
  ['EMPTY', ''],
  ['BLANK', '  '],
  ['PATTERN', '/^ma/'],
  ['TEXT', 'the main thing'],
  ['SLASHES', 'a/b'],
  ['TRUE', 'true'],
]);

function evaluate(text: string): boolean {
  const expression = parseExpression(text);
  if (!expression) throw new Error(`syntax: ${text}`);
  return holds(expression, variables);
}

test.each([
  '$MAIN',
  '$MAIN == "main"',
  "$MAIN == 'main'",
  '"main" == $MAIN',
  '$MAIN != "other"',
  '$NONE == null',
  '$EMPTY == ""',
  '$EMPTY != null',
  'null == null',
  '$MAIN =~ /^MAIN$/i',
  '$MAIN =~ /ai/',
  '$MAIN !~ /xyz/',
  '$NONE !~ /xyz/',
  '$NONE =~ /^$|x/',
  '$MAIN =~ $PATTERN',
  '$MAIN =~ $TEXT',
  '$MAIN !~ $NONE',
  '$SLASHES =~ /a\\/b/',
  '$MAIN && $TEXT',
  '$NONE || $MAIN',
  '$NONE || $NONE || $MAIN == "main"',
  '$EMPTY && $MAIN',
  '($EMPTY && "x") == "x"',
  '$MAIN == "main" && $NONE == "x" || $TEXT',
  '$TEXT || $MAIN == "main" && $NONE == "x"',
  '($MAIN || $NONE) && $TEXT',
  '(($MAIN))',
  '$MAIN=="main"&&$TEXT',
  '"text"',
  'true',
  '!$NONE',
  '!$EMPTY && !$BLANK',
  '!!$MAIN',
  '!($MAIN == "other")',
  '! ($NONE || $EMPTY) && $MAIN',
  '!$MAIN == "false"',
  '"true" == !$NONE',
  '!$NONE != $MAIN',
  '!$MAIN !~ /true/',
  '$TRUE == true',
  'false != $TRUE',
])('%s holds', (text) => {
  expect(evaluate(text)).toBe(true);
});

test.each([
  '$NONE',
  '$EMPTY',
  '$BLANK',
  '$NONE == ""',
  '$EMPTY == null',
  '$MAIN == "$MAIN"',
  '$MAIN =~ $NONE',
  '$EMPTY =~ $NONE',
  '$EMPTY =~ false',
  '$MAIN =~ /^x/',
  '$NONE =~ /main/',
  '$MAIN && $NONE',
  '$NONE || $EMPTY',
  '$EMPTY || $MAIN',
  '$MAIN && $EMPTY',
  '$NONE && $MAIN',
  '($MAIN || $TEXT) && $NONE',
  '$NONE == "x" && $MAIN || $EMPTY',
  '$MAIN == true',
  'null',
  'false',
  '!$MAIN',
  '!!$NONE',
  '!$MAIN == "main"',
  '!($MAIN || $NONE)',
  '!$NONE && $NONE',
  'true == $MAIN',
  'true == null',
])('%s does not hold', (text) => {
  expect(evaluate(text)).toBe(false);
});

test.each([
  '',
  '${MAIN}',
  '$MAIN ==',
  '== null',
  '$MAIN "main"',
  '$MAIN = "main"',
  '$MAIN == main',
  '$MAIN =~ /a/',
  '$MAIN =~ /(unclosed/',
  '($MAIN',
  '$MAIN)',
  '"unclosed',
  '$MAIN && && $TEXT',
  '$MAIN-x',
  '!',
  '$MAIN ! $TEXT',
  '!&& $MAIN',
])('%j is no expression', (text) => {
  expect(parseExpression(text)).toBeNull();
});

test('more than ninety-nine tokens are too many', () => {
  const ninetyNine = Array.from({ length: 50 }, () => '$A').join(' || ');
  expect(parseExpression(ninetyNine)).not.toBeNull();
  expect(parseExpression(`${ninetyNine} || $A`)).toBeNull();
});

test('a pattern that would take for ever elsewhere ends here', () => {
  const expression = parseExpression('$LONG =~ /^(a+)+$/');
  const long = new Map([['LONG', `${'a'.repeat(50_000)}!`]]);
  expect(expression && holds(expression, long)).toBe(false);
});

const findsIn = (length: number) => `"aaa" =~ /${'a?'.repeat(length / 2)}/`;

test('a pattern has an end', () => {
  expect(evaluate(findsIn(10_000))).toBe(true);
  expect(parseExpression(findsIn(10_002))).toBeNull();
});
