/** Numbers below 1 that look random and are the same in each run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Text of words, about as compressible as source code. */
export function randomText(bytes: number, random: () => number): string {
  const words: string[] = [];
  for (let size = 0; size < bytes;) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? "";
    const text = random() < 0.3 ? `${word}_${Math.floor(random() * 1e6)}` : word;
    words.push(text);
    size += text.length + 1;
  }
  return words.join(" ").slice(0, bytes);
}

const WORDS =
  "self return value index items result path name data config request response error handler parse render write read open close import export class method field table query cursor session token user group mode owner".split(
    " ",
  );
