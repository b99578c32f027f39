// The guesses of a reader, which stay in the browser, and the claims that an address names.
;(() => {
  /** Return the ids of claims that an address names, in their order; null if the address is not about claims. */
  function parseClaims(/** @type {string} */ hash, /** @type {string[]} */ ids) {
    const named = new URLSearchParams(hash.slice(1)).get("claims")?.split(",")
    return named ? ids.filter(id => named.includes(id)) : null
  }

  /**
   * Return the guesses in a stored text: id → {verdict, confidence}. Anything else is left out.
   * @param {string | null} text
   * @param {{answers: string[], confidences: number[]}} choices the verdicts, and the confidences in per cent
   */
  function parseGuesses(text, {answers, confidences}) {
    let stored
    try {
      stored = Object.entries(JSON.parse(text ?? "{}") ?? {})
    } catch {
      return new Map()
    }
    const isGuess = guess => answers.includes(guess?.verdict) && confidences.includes(guess.confidence)
    return new Map(stored.filter(([, guess]) => isGuess(guess)))
  }

  /**
   * Return the guesses that the browser keeps under a key, by ids of claims, and `store`, which keeps new ones. If storage
   * is forbidden, guesses last as long as the page.
   */
  function readGuesses(key, options) {
    let text = null
    try {
      text = localStorage.getItem(key)
    } catch {}
    const guesses = parseGuesses(text, options)
    return Object.assign(guesses, {
      store() {
        try {
          if (guesses.size) localStorage.setItem(key, JSON.stringify(Object.fromEntries(guesses)))
          else localStorage.removeItem(key)
        } catch {}
      },
    })
  }

  globalThis.guessGuesses = {parseClaims, parseGuesses, readGuesses}
})()
