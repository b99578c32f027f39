// Random numbers as NumPy draws them: SeedSequence, PCG64, Generator.permutation and Generator.standard_normal. Therefore,
// a seed has the same split, initial weights and batch order here as in the study.
globalThis.engine ??= {}
;(engine => {
  const STREAMS = ["split", "weights", "batch order", "training samples", "label noise", "dropout"] // as in ontrial/nn/randomness.py

  /** Return the words of NumPy's SeedSequence(seed, spawn_key): 32 bits each. O'Neill, seed_seq_fe. */
  function seedWords(seed, spawnKey, count) {
    const entropy = [seed >>> 0]
    if (seed >= 2 ** 32) entropy.push(Math.floor(seed / 2 ** 32))
    while (spawnKey.length && entropy.length < 4) entropy.push(0)
    entropy.push(...spawnKey)
    let constant = 0x43b0d7e5
    const hash = value => {
      value ^= constant
      constant = Math.imul(constant, 0x931e8875)
      value = Math.imul(value, constant)
      return value ^ (value >>> 16)
    }
    const mix = (x, y) => {
      const mixed = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)
      return mixed ^ (mixed >>> 16)
    }
    const pool = [0, 1, 2, 3].map(i => hash(entropy[i] ?? 0))
    for (let source = 0; source < 4; source++)
      for (let i = 0; i < 4; i++) if (i !== source) pool[i] = mix(pool[i], hash(pool[source]))
    for (const word of entropy.slice(4)) for (let i = 0; i < 4; i++) pool[i] = mix(pool[i], hash(word))

    constant = 0x8b51f9dd
    return Array.from({length: count}, (_, i) => {
      let word = pool[i % 4] ^ constant
      constant = Math.imul(constant, 0x58f38ded)
      word = Math.imul(word, constant)
      return (word ^ (word >>> 16)) >>> 0
    })
  }

  // The numbers of 128 bits are eight digits of 16 bits, the lowest first: their products are exact in float64.
  const MULTIPLIER = digits(0x2360ed051fc65da44385df649fccf645n)

  /** Return the digits of a number of 128 bits. */
  function digits(number) {
    return Array.from({length: 8}, (_, i) => Number((number >> BigInt(16 * i)) & 0xffffn))
  }

  /** NumPy's default generator: PCG64 with its output XSL-RR. O'Neill 2014. */
  class Generator {
    /** @param {number} seed @param {number[]} spawnKey */
    constructor(seed, spawnKey = []) {
      const words = seedWords(seed, spawnKey, 8)
      const number = i =>
        [words[i + 1], words[i], words[i + 3], words[i + 2]].reduce((sum, word) => (sum << 32n) | BigInt(word), 0n)
      this.increment = digits((number(4) << 1n) | 1n)
      this.state = this.increment.slice() // one step from 0
      let carry = 0
      digits(number(0)).forEach((digit, i) => {
        const sum = this.state[i] + digit + carry
        this.state[i] = sum & 0xffff
        carry = sum >>> 16
      })
      this.next = new Array(8).fill(0)
      this.step()
      this.high = 0
      this.low = 0
      this.kept = -1 // the upper half of a draw whose lower half was used
    }

    /** state ← multiplier · state + increment, modulo 2¹²⁸. */
    step() {
      const {state, next, increment} = this
      let carry = 0
      for (let k = 0; k < 8; k++) {
        let sum = carry + increment[k]
        for (let i = 0; i <= k; i++) sum += state[i] * MULTIPLIER[k - i]
        next[k] = sum & 0xffff
        carry = Math.floor(sum / 0x10000)
      }
      this.state = next
      this.next = state
    }

    /** Draw 64 bits, to `high` and `low`. */
    draw() {
      this.step()
      const s = this.state
      const high = ((s[7] ^ s[3]) << 16) | (s[6] ^ s[2])
      const low = ((s[5] ^ s[1]) << 16) | (s[4] ^ s[0])
      const turn = s[7] >>> 10
      const [upper, lower] = turn & 32 ? [low, high] : [high, low]
      const shift = turn & 31
      this.high = (shift ? (upper >>> shift) | (lower << (32 - shift)) : upper) >>> 0
      this.low = (shift ? (lower >>> shift) | (upper << (32 - shift)) : lower) >>> 0
    }

    /** Draw a number in [0, 1). */
    uniform() {
      this.draw()
      return (this.high * 2 ** 21 + (this.low >>> 11)) / 2 ** 53
    }

    /** Draw 32 bits. Every second call uses the upper half of the draw before. */
    word() {
      if (this.kept >= 0) {
        const word = this.kept
        this.kept = -1
        return word
      }
      this.draw()
      this.kept = this.high
      return this.low
    }

    /** Draw an integer from 0 to `largest`, which is above 0 and below 2³². Larger draws of as many bits are rejected. */
    integer(largest) {
      const mask = 0xffffffff >>> Math.clz32(largest)
      for (;;) {
        const integer = (this.word() & mask) >>> 0
        if (integer <= largest) return integer
      }
    }

    /** Shuffle numbers in place, as Generator.shuffle. @template {{length: number, [i: number]: number}} T @param {T} numbers */
    shuffle(numbers) {
      for (let i = numbers.length - 1; i > 0; i--) {
        const j = this.integer(i)
        const kept = numbers[j]
        numbers[j] = numbers[i]
        numbers[i] = kept
      }
      return numbers
    }

    /** Draw a binomial number by inversion, as NumPy does where its mean is at most 30. */
    binomial(n, p) {
      if (p > 0.5) return n - this.binomial(n, 1 - p)
      const none = Math.exp(n * Math.log1p(-p))
      const bound = Math.min(n, Math.floor(n * p + 10 * Math.sqrt(n * p * (1 - p) + 1)))
      let [x, probability, rest] = [0, none, this.uniform()]
      while (rest > probability) {
        x++
        if (x > bound) [x, probability, rest] = [0, none, this.uniform()]
        else {
          rest -= probability
          probability = ((n - x + 1) * p * probability) / (x * (1 - p))
        }
      }
      return x
    }

    /** Draw how often each of n numbers is in a resample of n of them, as Generator.multinomial. */
    multinomial(n) {
      const drawn = new Float64Array(n)
      let [left, share] = [n, 1]
      for (let i = 0; i < n - 1 && left > 0; i++) {
        drawn[i] = this.binomial(left, 1 / n / share)
        left -= drawn[i]
        share -= 1 / n
      }
      drawn[n - 1] += left
      return drawn
    }

    /** Draw a standard normal number. Marsaglia & Tsang 2000, in NumPy's form. */
    normal() {
      const {limit, width, density} = engine.ziggurat
      const EDGE = 3.654152885361009 // of the last layer
      for (;;) {
        this.draw()
        const {high, low} = this
        const layer = low & 0xff
        const integer = (high & 0x1fffffff) * 2 ** 23 + (low >>> 9)
        const x = (low & 0x100 ? -integer : integer) * width[layer]
        if (integer < limit[layer]) return x
        if (layer === 0)
          for (;;) {
            const beyond = -0.27366123732975828 * Math.log1p(-this.uniform())
            const height = -Math.log1p(-this.uniform())
            if (height + height > beyond * beyond) return low & 0x20000 ? -(EDGE + beyond) : EDGE + beyond
          }
        const share = this.uniform()
        if ((density[layer - 1] - density[layer]) * share + density[layer] < Math.exp(-0.5 * x * x)) return x
      }
    }
  }

  /** Return the generator of a seed for a purpose, one of STREAMS. */
  const stream = (seed, purpose) => new Generator(seed, [STREAMS.indexOf(purpose)])

  Object.assign(engine, {STREAMS, Generator, stream})
})(globalThis.engine)
