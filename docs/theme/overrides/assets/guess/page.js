// "Guess first": the reader answers each claim before its verdict appears. Guesses stay in the browser. The address names
// the claims that a class shall answer: `#claims=relu-cheap,small-batch-accuracy`; without it, all are shown.
;(() => {
  const {fill, element, button} = globalThis.elements
  const {parseClaims, readGuesses} = globalThis.guessGuesses
  const host = document.querySelector(".guesses")
  const words = JSON.parse(host.dataset.words)
  const {say, verdicts, answers, confidences} = words
  const phrase = (term, values) => fill(say[term], values)
  const resultParts = globalThis.guessResult.createResult(words, phrase)
  const claims = [...host.querySelectorAll(".guess-claim")].map(section => ({
    section,
    id: section.dataset.claim,
    verdict: section.dataset.verdict,
    said: "said" in section.dataset,
    statement: section.querySelector(".guess-statement").textContent,
    answer: section.querySelector("details"),
    evidence: section.querySelector(".guess-evidence").href,
  }))
  const ids = claims.map(claim => claim.id)
  const guesses = readGuesses(`guesses: ${host.dataset.study}`, words)
  let chosen = [] // claims that a teacher has chosen; none means all

  // A claim ----------------------------------------------------------------------------------------------------------

  const choices = (legend, name, options) =>
    element(
      "fieldset",
      element("legend", legend),
      element(
        "div",
        {class: "guess-choices"},
        ...options.map(([value, text]) =>
          element("label", element("input", {type: "radio", name, value, required: true}), element("span", text)),
        ),
      ),
    )

  function form(claim) {
    const onsubmit = event => {
      event.preventDefault()
      const {verdict, confidence} = Object.fromEntries(new FormData(event.target))
      guesses.set(claim.id, {verdict, confidence: Number(confidence)})
      guesses.store()
      show()
      claim.section.querySelector(".guess-said").focus()
    }
    const percentages = confidences.map(number => [number, phrase("percent", {number})])
    return element(
      "form",
      {class: "guess-form", onsubmit},
      choices(
        say.verdict,
        "verdict",
        answers.map(verdict => [verdict, verdicts[verdict]]),
      ),
      choices(say.confidence, "confidence", percentages),
      element("button", {class: "md-button"}, say.guess),
    )
  }

  function said(claim) {
    const {verdict, confidence} = guesses.get(claim.id)
    const values = {verdict: verdicts[verdict], confidence: phrase("percent", {number: confidence})}
    const mark = verdict === claim.verdict ? say.right : say.wrong
    return element("p", {class: "guess-said", tabindex: "-1"}, `${phrase("said", values)} `, element("strong", mark))
  }

  function showClaim(claim) {
    const isAnswered = guesses.has(claim.id)
    claim.section.hidden = chosen.length > 0 && !chosen.includes(claim.id)
    claim.answer.hidden = !isAnswered
    claim.answer.open = isAnswered
    if (claim.isAnswered === isAnswered) return // a form keeps what is ticked
    claim.isAnswered = isAnswered
    claim.reply?.remove()
    claim.reply = isAnswered ? said(claim) : form(claim)
    claim.answer.before(claim.reply)
  }

  // The page ---------------------------------------------------------------------------------------------------------

  const howMany = element("span", {role: "status"})
  const all = button(say["show all"], () => change([]), {class: "md-button"})
  const notice = element("p", {class: "guess-notice"}, howMany, " ", all)
  const status = element("p", {class: "guess-status", role: "status"})
  const result = element("div", {class: "guess-result"})
  const deleted = element("p", {role: "status"})
  const forget = button(say.delete, deleteGuesses, {class: "md-button"})
  const classroom = globalThis.guessClassroom.createClassroom(claims, say, change)
  host.prepend(notice, status)
  host.append(element("h2", {id: "score"}, say.score), result, element("p", forget), deleted)
  host.after(classroom.answers)
  document.querySelector(".guess-class").append(...classroom.parts)

  function change(ids) {
    chosen = ids
    history.replaceState(null, "", address())
    show()
  }

  function deleteGuesses() {
    guesses.clear()
    guesses.store()
    show()
    deleted.textContent = say.deleted
  }

  /** Return the address of the chosen claims. */
  function address() {
    const reference = chosen.length ? `#claims=${chosen.join(",")}` : location.pathname + location.search
    return new URL(reference, location.href).href
  }

  function show() {
    for (const claim of claims) showClaim(claim)
    const shown = claims.filter(({section}) => !section.hidden)
    const answered = shown.flatMap(claim => (guesses.has(claim.id) ? [{...claim, guess: guesses.get(claim.id)}] : []))
    const right = answered.filter(({guess, verdict}) => guess.verdict === verdict).length
    status.textContent = phrase("progress", {n: answered.length, all: shown.length, right})
    deleted.textContent = ""
    result.replaceChildren(...(answered.length ? resultParts(answered) : [element("p", say.none)]))
    forget.hidden = !guesses.size
    notice.hidden = !chosen.length
    howMany.textContent = phrase("chosen", {n: chosen.length, all: claims.length})
    classroom.show(chosen, address())
  }

  function readAddress() {
    chosen = parseClaims(location.hash, ids) ?? chosen
    show()
  }

  addEventListener("hashchange", readAddress)
  readAddress()
  host.classList.add("started")
})()
