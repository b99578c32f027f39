// The guesses of a reader, which stay in the browser, and what an address says: a result to beat.
;(() => {
  const ANSWERS = ["supported", "refuted", "depends"]

  /**
   * Return the result in an address; null without one, or if there is no such result.
   * @param {string} hash such as "#right=9&of=19&points=40&rival=20&fooled=relu-faster-than-tanh" @param {string[]} ids
   */
  function parseResult(hash, ids) {
    const values = new URLSearchParams(hash.slice(1))
    const [right, of] = ["right", "of"].map(name =>
      /^\d+$/.test(values.get(name) ?? "") ? Number(values.get(name)) : -1,
    )
    const fooled = values.get("fooled")
    const [points, rival] = ["points", "rival"].map(name => {
      const text = values.get(name) ?? ""
      return /^-?\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) : null
    })
    return 0 <= right && right <= of && 0 < of && of <= ids.length
      ? {right, of, fooled: ids.includes(fooled) ? fooled : null, points, rival}
      : null
  }

  /** Return the guesses in a stored text: id → {verdict, and confidence in per cent or none}. Anything else is left out. */
  function parseGuesses(text) {
    let stored
    try {
      stored = Object.entries(JSON.parse(text ?? "{}") ?? {})
    } catch {
      return new Map()
    }
    const isConfidence = value => value === undefined || (value > 0 && value <= 100)
    return new Map(stored.filter(([, guess]) => ANSWERS.includes(guess?.verdict) && isConfidence(guess.confidence)))
  }

  /**
   * Return the guesses on a study that the browser keeps, by ids of claims, and `store`, which keeps new ones. If storage is
   * forbidden, guesses last as long as the page.
   */
  function readGuesses(study) {
    const key = `guesses: ${study}`
    let text = null
    try {
      text = localStorage.getItem(key)
    } catch {}
    const guesses = parseGuesses(text)
    return Object.assign(guesses, {
      store() {
        try {
          if (guesses.size) localStorage.setItem(key, JSON.stringify(Object.fromEntries(guesses)))
          else localStorage.removeItem(key)
        } catch {}
      },
    })
  }

  /** Show on the buttons of a claim which answer a reader has chosen, or undefined. */
  function press(buttons, answer) {
    for (const button of buttons) {
      button.disabled = answer !== undefined
      button.setAttribute("aria-pressed", button.value === answer)
    }
  }

  /** Return whether a verdict leaves a claim open. */
  function isOpen(verdict) {
    return verdict === "inconclusive" || verdict === "not_seen"
  }

  /** Return which word answers a guess: right, wrong, partly if it depends, or open if the verdict is. */
  function replyTo(guess, verdict) {
    if (isOpen(verdict)) return "open"
    if (guess === verdict) return "right"
    return verdict === "depends" ? "partly" : "wrong"
  }

  globalThis.guessGuesses = {parseResult, parseGuesses, readGuesses, press, isOpen, replyTo}
})()
