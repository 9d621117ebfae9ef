/** Words that rosters write in more than one way. */
const spelledOut: Readonly<Record<string, string>> = {
  and: '&',
  es: 'elementary',
  hs: 'high',
  ms: 'middle',
  mount: 'mt',
  preparatory: 'prep',
  saint: 'st',
};

/** Words that one roster writes and the next leaves out, and that no two schools of a district differ by. */
const leftOut = new Set(['school', 'schools', 'the']);

/** `a z kelley` → `az kelley`: initials are one word, however their dots and spaces were set. */
const joinInitials = (words: readonly string[]): readonly string[] =>
  words.reduce<string[]>((joined, word, index) => {
    const continues = word.length === 1 && words[index - 1]?.length === 1;
    return continues ? [...joined.slice(0, -1), `${joined.at(-1) ?? ''}${word}`] : [...joined, word];
  }, []);

/**
 * The name of a school with the differences taken out that say nothing about which school it is: case, accents,
 * punctuation, dots and spaces of initials, the word "School", "Middle Prep" for "Middle". Two rosters of
 * different years and offices mean the same school when these are equal within one district. Never shown to people.
 */
export const normaliseSchoolName = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`.]/g, (sign) => (sign === '.' ? ' ' : ''))
    .replace(/[^\p{L}\p{N}&]+/gu, ' ')
    .trim();
  const words = plain.split(' ').map((word) => spelledOut[word] ?? word);
  const told = words.filter((word) => word !== '' && !leftOut.has(word));
  return joinInitials(told)
    .filter((word, index, all) => !(word === 'prep' && all[index - 1] === 'middle'))
    .join(' ');
};
