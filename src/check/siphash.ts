/** How often the state is mixed: SipHash-1-3 or SipHash-2-4. */
export interface SipRounds {
  readonly perWord: number;
  readonly atEnd: number;
}

/**
 * SipHash (Aumasson and Bernstein, 2012) with a key of which only the lowest 32 bits are set, as importlib uses it for
 * the hash of a source file (PEP 552). Gives the eight bytes, lowest first, in hex.
 */
export function sipHash(data: Uint8Array, key: number, rounds: SipRounds): string {
  const state = initialState(key);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const whole = data.length - (data.length % 8);
  for (let word = 0; word < whole; word += 8)
    absorb(state, view.getUint32(word, true), view.getUint32(word + 4, true), rounds.perWord);
  const tail = new DataView(new ArrayBuffer(8));
  for (let index = whole; index < data.length; index++) tail.setUint8(index - whole, data[index] ?? 0);
  tail.setUint8(7, data.length & 0xff);
  absorb(state, tail.getUint32(0, true), tail.getUint32(4, true), rounds.perWord);
  return finish(state, rounds.atEnd);
}

/** v0 to v3, each as its low and its high half: JavaScript's integers of 64 bits are ten times slower. */
type State = Int32Array;

function initialState(key: number): State {
  const state = new Int32Array([
    0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
  ]);
  xor(state, 0, key, 0);
  xor(state, 4, key, 0);
  return state;
}

function absorb(state: State, low: number, high: number, rounds: number): void {
  xor(state, 6, low, high);
  for (let round = 0; round < rounds; round++) mix(state);
  xor(state, 0, low, high);
}

function finish(state: State, rounds: number): string {
  xor(state, 4, 0xff, 0);
  for (let round = 0; round < rounds; round++) mix(state);
  const bytes = Buffer.alloc(8);
  for (const half of [0, 1])
    bytes.writeInt32LE(
      at(state, half) ^ at(state, 2 + half) ^ at(state, 4 + half) ^ at(state, 6 + half),
      half * 4,
    );
  return bytes.toString("hex");
}

/** One SipRound. */
function mix(state: State): void {
  addThenTurn(state, 0, 2, 13);
  swapHalves(state, 0);
  addThenTurn(state, 4, 6, 16);
  addThenTurn(state, 0, 6, 21);
  addThenTurn(state, 4, 2, 17);
  swapHalves(state, 4);
}

/** a += b; b = rotate(b, bits) ^ a; for less than 32 bits. */
function addThenTurn(state: State, a: number, b: number, bits: number): void {
  const low = at(state, b);
  const high = at(state, b + 1);
  const sum = (at(state, a) >>> 0) + (low >>> 0);
  state[a] = sum;
  state[a + 1] = at(state, a + 1) + high + (sum > 0xffffffff ? 1 : 0);
  state[b] = ((low << bits) | (high >>> (32 - bits))) ^ at(state, a);
  state[b + 1] = ((high << bits) | (low >>> (32 - bits))) ^ at(state, a + 1);
}

/** A rotation by 32 bits. */
function swapHalves(state: State, word: number): void {
  const low = at(state, word);
  state[word] = at(state, word + 1);
  state[word + 1] = low;
}

function xor(state: State, word: number, low: number, high: number): void {
  state[word] = at(state, word) ^ low;
  state[word + 1] = at(state, word + 1) ^ high;
}

function at(state: State, index: number): number {
  return state[index] ?? 0;
}
