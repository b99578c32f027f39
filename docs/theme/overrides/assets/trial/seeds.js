// Seeds as readers write them.
;(() => {
  const MOST_SEEDS = 200

  /** Return the seeds of a text such as "1001-1006, 2000", without repetitions; null if it is not such a text. */
  function parseSeeds(/** @type {string} */ text) {
    const seeds = new Set()
    for (const part of text.split(/[,\s]+/).filter(Boolean)) {
      const match = part.match(/^(\d{1,9})(?:[-–](\d{1,9}))?$/)
      const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [1, 0]
      if (last < first || last - first >= MOST_SEEDS) return null
      for (let seed = first; seed <= last; seed++) seeds.add(seed)
    }
    return seeds.size && seeds.size <= MOST_SEEDS ? [...seeds] : null
  }

  /** Return the text of seeds, with runs of neighbours as ranges. */
  function seedsText(/** @type {number[]} */ seeds) {
    const ranges = []
    for (const seed of seeds) {
      const range = ranges.at(-1)
      if (range && range[1] === seed - 1) range[1] = seed
      else ranges.push([seed, seed])
    }
    return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ")
  }

  globalThis.trialSeeds = {parseSeeds, seedsText}
})()
