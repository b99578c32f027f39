// "Guess first": the reader answers each claim before its verdict appears. Guesses stay in the browser. The address names
// the claims that a class shall answer: `#claims=relu-cheap,small-batch-accuracy`; without it, all are shown.
;(() => {
  const FEW = 10 // guesses, below which chance decides the score

  // Scores -----------------------------------------------------------------------------------------------------------

  /**
   * Return the Brier score of one guess: the squared error of the probabilities. The other verdicts share the rest.
   * @param {number} confidence from 0 to 1 @param {boolean} right @param {number} count how many verdicts there are
   */
  function brier(confidence, right, count) {
    const others = count - 1
    const rest = (1 - confidence) / others
    if (right) return (1 - confidence) ** 2 + others * rest ** 2
    return confidence ** 2 + (1 - rest) ** 2 + (others - 1) * rest ** 2
  }

  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, number) => total + number, 0)
  const mean = (/** @type {number[]} */ numbers) => sum(numbers) / numbers.length

  /**
   * Return the accuracy and Brier score of guesses, their calibration error, and per confidence their number and the share
   * of right ones.
   * @param {{confidence: number, right: boolean}[]} guesses confidence: from 0 to 1
   * @param {number} count how many verdicts there are
   */
  function score(guesses, count) {
    const bins = [...new Set(guesses.map(guess => guess.confidence))]
      .toSorted((a, b) => a - b)
      .map(confidence => {
        const alike = guesses.filter(guess => guess.confidence === confidence)
        return {confidence, n: alike.length, right: mean(alike.map(guess => Number(guess.right)))}
      })
    return {
      accuracy: mean(guesses.map(guess => Number(guess.right))),
      brier: mean(guesses.map(guess => brier(guess.confidence, guess.right, count))),
      calibrationError: sum(bins.map(bin => bin.n * Math.abs(bin.confidence - bin.right))) / guesses.length,
      bins,
    }
  }

  /**
   * Return accuracy and Brier score of three who answer the same claims without thinking: one who says that all are
   * supported, and is certain; one who guesses blindly; and the sources, which are certain of what they say, and guess
   * blindly where they are silent.
   * @param {{verdict: string, said: boolean}[]} claims said: by a source
   * @param {number} count how many verdicts there are
   */
  function baselines(claims, count) {
    const blind = 1 / count
    const isSupported = claim => claim.verdict === "supported"
    const certain = claim => ({accuracy: Number(isSupported(claim)), brier: brier(1, isSupported(claim), count)})
    const guessing = {
      accuracy: blind,
      brier: blind * brier(blind, true, count) + (1 - blind) * brier(blind, false, count),
    }
    const average = answers => ({
      accuracy: mean(answers.map(answer => answer.accuracy)),
      brier: mean(answers.map(answer => answer.brier)),
    })
    return {
      supported: average(claims.map(certain)),
      chance: guessing,
      sources: average(claims.map(claim => (claim.said ? certain(claim) : guessing))),
    }
  }

  /** Return the ids of claims that an address names, in their order; null if the address is not about claims. */
  function parseClaims(/** @type {string} */ hash, /** @type {string[]} */ ids) {
    const named = new URLSearchParams(hash.slice(1)).get("claims")?.split(",")
    return named ? ids.filter(id => named.includes(id)) : null
  }

  /**
   * Return what a stored text says about guesses: id → {verdict, confidence}. What is no guess is left out.
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

  globalThis.guessFunctions = {baselines, brier, parseClaims, parseGuesses, score}

  const host = document.querySelector(".guesses")
  if (!host) return // unit tests have no page
  const {element, shape, fill, table} = globalThis.elements
  const {say, verdicts, ...options} = JSON.parse(host.dataset.words)
  const phrase = (term, values) => fill(say[term], values)
  const percent = share => phrase("percent", {number: (100 * share).toFixed(0)})

  const claims = [...host.querySelectorAll(".guess-claim")].map(section => ({
    section,
    id: section.dataset.claim,
    verdict: section.dataset.verdict,
    said: "said" in section.dataset,
    statement: section.querySelector(".guess-statement").textContent,
    answer: section.querySelector("details"),
    evidence: section.querySelector(".guess-evidence").href,
  }))

  // Guesses ----------------------------------------------------------------------------------------------------------

  const KEY = `guesses: ${host.dataset.study}`
  const guesses = parseGuesses(read(), options)

  // Storage may be forbidden: then guesses last as long as the page.
  function read() {
    try {
      return localStorage.getItem(KEY)
    } catch {
      return null
    }
  }

  function store() {
    try {
      if (guesses.size) localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(guesses)))
      else localStorage.removeItem(KEY)
    } catch {}
  }

  const isChosen = claim => !chosen.length || chosen.includes(claim.id)
  const isRight = claim => guesses.get(claim.id).verdict === claim.verdict

  function choices(legend, name, options) {
    const radios = options.map(([value, text]) =>
      element("label", {}, element("input", {type: "radio", name, value, required: true}), element("span", {}, text)),
    )
    return element("fieldset", {}, element("legend", {}, legend), element("div", {class: "guess-choices"}, ...radios))
  }

  function form(claim) {
    const onsubmit = event => {
      event.preventDefault()
      const {verdict, confidence} = Object.fromEntries(new FormData(event.target))
      guesses.set(claim.id, {verdict, confidence: Number(confidence)})
      store()
      show()
      claim.section.querySelector(".guess-said").focus()
    }
    return element(
      "form",
      {class: "guess-form", onsubmit},
      choices(
        say.verdict,
        "verdict",
        options.answers.map(verdict => [verdict, verdicts[verdict]]),
      ),
      choices(
        say.confidence,
        "confidence",
        options.confidences.map(number => [number, phrase("percent", {number})]),
      ),
      element("button", {class: "md-button"}, say.guess),
    )
  }

  function said(claim) {
    const {verdict, confidence} = guesses.get(claim.id)
    const values = {verdict: verdicts[verdict], confidence: phrase("percent", {number: confidence})}
    const mark = isRight(claim) ? say.right : say.wrong
    return element(
      "p",
      {class: "guess-said", tabindex: "-1"},
      `${phrase("said", values)} `,
      element("strong", {}, mark),
    )
  }

  // Score ------------------------------------------------------------------------------------------------------------

  const SIZE = 300
  const LEFT = 48
  const RIGHT = 24

  /** Return the diagram: how often guesses of each confidence are right. On the line, confidence is what it says. */
  function diagram(bins) {
    const x = share => LEFT + share * (SIZE - LEFT - RIGHT)
    const y = share => SIZE - LEFT - share * (SIZE - LEFT - RIGHT)
    const radius = n => 4 + 3 * Math.sqrt(n)
    const ticks = [0, 0.25, 0.5, 0.75, 1]
    const points = bins.map(({confidence, n, right}) =>
      phrase("point", {confidence: percent(confidence), n, right: percent(right)}),
    )
    return shape(
      "svg",
      {viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": `${say.diagram} ${points.join("; ")}`},
      ...ticks.flatMap(tick => [
        shape("line", {x1: x(tick), x2: x(tick), y1: y(0), y2: y(1), class: "guess-grid"}),
        shape("line", {x1: x(0), x2: x(1), y1: y(tick), y2: y(tick), class: "guess-grid"}),
        shape("text", {x: x(tick), y: y(0) + 16, "text-anchor": "middle"}, percent(tick)),
        shape("text", {x: x(0) - 6, y: y(tick) + 4, "text-anchor": "end"}, percent(tick)),
      ]),
      shape("line", {x1: x(0), x2: x(1), y1: y(0), y2: y(1), class: "guess-ideal"}),
      ...bins.map(({confidence, n, right}) =>
        shape("circle", {cx: x(confidence), cy: y(right), r: radius(n), class: "guess-point"}),
      ),
      shape("text", {x: x(0.5), y: SIZE - 8, "text-anchor": "middle"}, say["confidence axis"]),
      shape("text", {transform: `translate(12 ${y(0.5)}) rotate(-90)`, "text-anchor": "middle"}, say["right axis"]),
    )
  }

  function scoreParts(answered) {
    const count = options.answers.length
    const readerScore = score(
      answered.map(claim => ({confidence: guesses.get(claim.id).confidence / 100, right: isRight(claim)})),
      count,
    )
    const others = baselines(answered, count)
    const row = (name, {accuracy, brier}) => [name, percent(accuracy), brier.toFixed(2)]
    const summary = phrase("summary", {
      n: answered.length,
      right: answered.filter(isRight).length,
      brier: readerScore.brier.toFixed(2),
      error: percent(readerScore.calibrationError),
    })
    const fooled = answered
      .filter(claim => !isRight(claim))
      .toSorted((a, b) => guesses.get(b.id).confidence - guesses.get(a.id).confidence)
    return [
      element("p", {}, answered.length < FEW ? `${summary} ${say.few}` : summary),
      element(
        "div",
        {class: "guess-scores"},
        table(
          {class: "guess-table"},
          say.compared,
          [say.who, say["right axis"], say.brier],
          [
            row(say.you, readerScore),
            row(say["always supported"], others.supported),
            row(say.chance, others.chance),
            row(say.sources, others.sources),
          ],
        ),
        element("figure", {}, diagram(readerScore.bins), element("figcaption", {}, say.diagram)),
        table(
          {class: "guess-table"},
          say.calibration,
          [say["confidence axis"], say.guesses, say["right axis"]],
          readerScore.bins.map(bin => [percent(bin.confidence), String(bin.n), percent(bin.right)]),
        ),
      ),
      element("h3", {}, say.fooled),
      fooled.length ? element("ul", {}, ...fooled.map(fooledItem)) : element("p", {}, say["not fooled"]),
    ]
  }

  function fooledItem(claim) {
    const {verdict, confidence} = guesses.get(claim.id)
    const values = {
      said: verdicts[verdict],
      confidence: phrase("percent", {number: confidence}),
      verdict: verdicts[claim.verdict],
    }
    return element("li", {}, element("a", {href: claim.evidence}, claim.statement), ` ${phrase("instead", values)}`)
  }

  // A class: a choice of claims, its link, and the sheet on paper ----------------------------------------------------

  const ids = claims.map(claim => claim.id)
  let chosen = []
  const boxes = claims.map(claim =>
    element("input", {type: "checkbox", name: "claims", value: claim.id, onchange: choose}),
  )
  const link = element("input", {type: "text", readonly: true, onfocus: event => event.target.select()})
  const copied = element("span", {role: "status"})
  const answers = element("section", {class: "guess-answers"})
  const button = (text, onclick) => element("button", {type: "button", class: "md-button", onclick}, text)
  const all = button(say["show all"], () => change([]))
  const notice = element("p", {class: "guess-notice"}, element("span", {role: "status"}), " ", all)

  function choose() {
    change(boxes.filter(box => box.checked).map(box => box.value))
  }

  function change(ids) {
    chosen = ids
    history.replaceState(null, "", address())
    show()
  }

  /** Return the address of the chosen claims. */
  function address() {
    const reference = chosen.length ? `#claims=${chosen.join(",")}` : location.pathname + location.search
    return new URL(reference, location.href).href
  }

  async function copy() {
    link.select()
    try {
      await navigator.clipboard.writeText(link.value)
      copied.textContent = say.copied
    } catch {
      copied.textContent = say["copy it"]
    }
  }

  /** Print the claims that are shown, and on a page of their own the answers if they are wanted. */
  function print(withAnswers) {
    const items = claims.filter(isChosen).map(claim => {
      const answer = claim.answer.querySelector("p").cloneNode(true)
      answer.querySelector(".guess-evidence").remove()
      return element("li", {}, element("strong", {}, claim.statement), answer)
    })
    const parts = [element("h2", {}, say.answers), element("ol", {}, ...items)]
    answers.replaceChildren(...(withAnswers ? parts : []))
    globalThis.print()
  }

  document.querySelector(".guess-class").append(
    element(
      "details",
      {},
      element("summary", {}, say.choose),
      ...claims.map((claim, i) => element("label", {class: "guess-choice"}, boxes[i], ` ${claim.statement}`)),
    ),
    element("p", {class: "guess-link"}, element("label", {}, say.link, " ", link), button(say.copy, copy), copied),
    element(
      "p",
      {},
      button(say.print, () => print(false)),
      " ",
      button(say["print answers"], () => print(true)),
    ),
  )

  // The page ---------------------------------------------------------------------------------------------------------

  const status = element("p", {class: "guess-status", role: "status"})
  const result = element("div", {class: "guess-result"})
  const deleted = element("p", {role: "status"})
  const forget = button(say.delete, () => {
    guesses.clear()
    store()
    show()
    deleted.textContent = say.deleted
  })
  host.prepend(notice, status)
  host.append(element("h2", {id: "score"}, say.score), result, element("p", {}, forget), deleted)
  host.after(answers)

  function show() {
    for (const claim of claims) showClaim(claim)
    const shown = claims.filter(isChosen)
    const answered = shown.filter(claim => guesses.has(claim.id))
    status.textContent = phrase("progress", {n: answered.length, all: shown.length})
    deleted.textContent = ""
    result.replaceChildren(...(answered.length ? scoreParts(answered) : [element("p", {}, say.none)]))
    forget.hidden = !guesses.size
    for (const box of boxes) box.checked = chosen.includes(box.value)
    notice.hidden = !chosen.length
    notice.firstChild.textContent = phrase("chosen", {n: chosen.length, all: claims.length})
    link.value = address()
  }

  function showClaim(claim) {
    const isAnswered = guesses.has(claim.id)
    claim.section.hidden = !isChosen(claim)
    claim.answer.hidden = !isAnswered
    claim.answer.open = isAnswered
    if (claim.isAnswered === isAnswered) return // a form keeps what is ticked
    claim.isAnswered = isAnswered
    claim.reply?.remove()
    claim.reply = isAnswered ? said(claim) : form(claim)
    claim.answer.before(claim.reply)
  }

  function readAddress() {
    chosen = parseClaims(location.hash, ids) ?? chosen
    show()
  }

  addEventListener("afterprint", () => answers.replaceChildren())
  addEventListener("hashchange", readAddress)
  readAddress()
  host.classList.add("started")
})()
