const SHORTEST = 8;
const LONGEST = 128;

/** What everybody tries first, and what is made of it by a digit or a sign behind it. */
const COMMON = new Set(
  `password passw0rd p@ssword p@ssw0rd qwerty qwertyuiop qwertz asdfghjkl zxcvbnm iloveyou sunshine princess football
  baseball superman trustno letmein welcome whatever starwars computer corvette mercedes michelle jennifer jobyard
  administrator changeme default secret master dragon monkey shadow admin login access hello abc abcdefgh abcdefghi
  qazwsx qazwsxedc 1q2w3e4r 1q2w3e4r5t 1qaz2wsx q1w2e3r4 zaq12wsx 11111111 00000000 12121212 123123123 12341234
  87654321 987654321 12345678 123456789 1234567890 0123456789 88888888 11223344 147258369`.split(/\s+/),
);

/** What is wrong with a password, in GitLab's words; empty when nothing. */
export function passwordProblems(
  password: string,
  { username }: { username?: string | undefined },
): string[] {
  const problems: string[] = [];
  if (password.length < SHORTEST) problems.push(`is too short (minimum is ${SHORTEST} characters)`);
  if (password.length > LONGEST) problems.push(`is too long (maximum is ${LONGEST} characters)`);
  if (problems.length === 0 && isCommon(password, username))
    problems.push('must not contain commonly used combinations of words and letters');
  return problems;
}

function isCommon(password: string, username: string | undefined): boolean {
  const plain = password.toLowerCase();
  const word = plain.replace(/[\d!?.@#$*_-]+$/, '');
  return (
    COMMON.has(plain) || COMMON.has(word) || plain === username?.toLowerCase() || /^(.)\1*$/s.test(plain)
  );
}
