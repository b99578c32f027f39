// SHA-256 (FIPS 180-4), which browsers themselves offer only to pages that were loaded securely.
globalThis.engine ??= {}
;(engine => {
  const primes = [2]
  for (let n = 3; primes.length < 64; n += 2) if (primes.every(prime => n % prime)) primes.push(n)
  const fraction = (/** @type {number} */ x) => Math.floor((x % 1) * 2 ** 32) // its first 32 bits
  const START = primes.slice(0, 8).map(prime => fraction(Math.sqrt(prime)))
  const ROUNDS = primes.map(prime => fraction(Math.cbrt(prime)))
  const turn = (/** @type {number} */ x, /** @type {number} */ n) => (x >>> n) | (x << (32 - n))

  /** Return the SHA-256 of bytes in hexadecimal. */
  function sha256(/** @type {Uint8Array} */ bytes) {
    const blocks = Math.ceil((bytes.length + 9) / 64)
    const padded = new Uint8Array(64 * blocks)
    padded.set(bytes)
    padded[bytes.length] = 0x80
    const view = new DataView(padded.buffer)
    view.setUint32(64 * blocks - 8, bytes.length / 2 ** 29) // the number of bits has 64 of them
    view.setUint32(64 * blocks - 4, 8 * bytes.length)
    const state = Uint32Array.from(START)
    const words = new Uint32Array(64)
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < 16; i++) words[i] = view.getUint32(64 * block + 4 * i)
      for (let i = 16; i < 64; i++) {
        const [x, y] = [words[i - 15], words[i - 2]]
        const first = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
        const second = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
        words[i] = words[i - 16] + first + words[i - 7] + second
      }
      let [a, b, c, d, e, f, g, h] = state
      for (let i = 0; i < 64; i++) {
        const choice = (e & f) ^ (~e & g)
        const majority = (a & b) ^ (a & c) ^ (b & c)
        const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUNDS[i] + words[i]) | 0
        const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority
        h = g
        g = f
        f = e
        e = (d + first) | 0
        d = c
        c = b
        b = a
        a = (first + second) | 0
      }
      for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] += word
    }
    return Array.from(state, word => word.toString(16).padStart(8, "0")).join("")
  }

  /** Return the SHA-256 of float32 numbers, little-endian. NaN has one form here. */
  function hashNumbers(/** @type {Float32Array} */ numbers) {
    const view = new DataView(new ArrayBuffer(4 * numbers.length))
    for (let i = 0; i < numbers.length; i++)
      if (Number.isNaN(numbers[i])) view.setUint32(4 * i, 0x7fc00000, true)
      else view.setFloat32(4 * i, numbers[i], true)
    return sha256(new Uint8Array(view.buffer))
  }

  Object.assign(engine, {sha256, hashNumbers})
})(globalThis.engine)
