// "Guess first": one click guesses a claim, and its verdict appears. Guesses stay in the browser. The address may name a
// result to beat: `#right=9&of=19&points=40&rival=20&fooled=relu-cheap`.
;(() => {
  const {fill, element, button, options} = globalThis.elements
  const {parseResult, readGuesses, press, replyTo} = globalThis.guessGuesses
  const {score} = globalThis.guessScores
  const {createCard, createLink} = globalThis.guessShare
  const ENOUGH = 3 // number of guesses from which on there is a result
  const big = {class: "md-button"}
  const host = document.querySelector(".guesses")
  const {say, confidences} = JSON.parse(host.dataset.words)
  const site = document.querySelector(".md-logo").title
  const phrase = (term, values) => fill(say[term], values)
  const signed = number => String(number).replace("-", "−")
  const percent = number => phrase("percent", {number: number.toFixed(0)})
  const claims = [...host.querySelectorAll(".guess-claim")].map(section => ({
    section,
    id: section.dataset.claim,
    verdict: section.dataset.verdict,
    short: section.dataset.short,
    buttons: [...section.querySelectorAll("button")],
    reply: element("p", {class: "guess-reply", tabindex: "-1"}),
    answer: section.querySelector("details"),
    evidence: section.querySelector(".guess-evidence").href,
  }))
  const ids = claims.map(claim => claim.id)
  const guesses = readGuesses(host.dataset.study)

  // The page ---------------------------------------------------------------------------------------------------------

  const texts = ({right, of, fooled, points, rival}) => ({
    score: phrase("card score", {right, of}),
    label: say["card label"],
    compared: points === null || rival === null ? "" : phrase("points", {points: signed(points), rival: signed(rival)}),
    fooled: fooled ? phrase("card fooled", {claim: claims.find(({id}) => id === fooled).short}) : "",
  })
  const theirs = createCard(site, texts)
  const challenge = element("section", {class: "guess-challenge"}, theirs.card, element("p", say.beat))
  const notice = element("p", {class: "guess-notice", role: "status"})

  const running = element("strong", {role: "status"})
  const left = element("span")
  const choices = confidences.map(number => [number, say[`sure ${number}`]])
  const sure = element("select", {value: confidences[1]}, options(choices))
  const toScore = button(say.share, () => heading.scrollIntoView())
  const bar = element("div", {class: "guess-bar"}, running, left, toScore, element("label", `${say.confidence} `, sure))

  const mine = createCard(site, texts)
  const link = createLink(say["card link"], say)
  const calibrated = element("p")
  const believed = element("p")
  const fooled = element("div")
  const heading = element("h2", {id: "score"}, say.score)
  const none = element("p", say.none)
  const result = element(
    "div",
    {class: "guess-result"},
    element("div", mine.card, link.parts),
    element("div", believed, calibrated, fooled),
  )
  const forget = element("p", button(say.delete, deleteGuesses, big))
  const deleted = element("p", {role: "status"})
  const kept = element(
    "p",
    {class: "guess-kept"},
    phrase("kept", {n: guesses.size}),
    " ",
    button(say.delete, deleteGuesses, big),
  )
  kept.hidden = !guesses.size
  host.prepend(challenge, notice, kept, bar)
  host.append(heading, none, result, forget, deleted)
  for (const claim of claims) {
    claim.answer.before(claim.reply)
    for (const choice of claim.buttons) choice.addEventListener("click", () => guess(claim, choice.value))
  }

  function guess(claim, verdict) {
    guesses.set(claim.id, {verdict, confidence: Number(sure.value)})
    guesses.store()
    show()
    claim.reply.focus()
  }

  function deleteGuesses() {
    guesses.clear()
    guesses.store()
    kept.hidden = true
    show()
    deleted.textContent = say.deleted
  }

  // Results ----------------------------------------------------------------------------------------------------------

  function showClaim(claim) {
    const guessed = guesses.get(claim.id)?.verdict
    claim.answer.hidden = !guessed
    claim.answer.open = Boolean(guessed)
    claim.reply.textContent = guessed ? say[replyTo(guessed, claim.verdict)] : ""
    press(claim.buttons, guessed)
  }

  function showResult(all) {
    const total = score(all, confidences)
    const isEnough = total.of >= ENOUGH
    none.hidden = isEnough
    result.hidden = !isEnough
    toScore.hidden = !isEnough
    if (!isEnough) return total
    const {right, of, supported, calibration, points, rival} = total
    const card = {right, of, fooled: total.fooled[0]?.id ?? null, points, rival}
    mine.show(card)
    link.show(address(card))
    believed.textContent = phrase("believed", {n: supported, of})
    calibrated.textContent = calibration
      ? phrase("calibrated", {confidence: percent(calibration.confidence), right: percent(calibration.right)})
      : ""
    const item = claim => element("li", element("a", {href: claim.evidence}, claim.short))
    fooled.replaceChildren(
      ...(total.fooled.length ? [element("h3", say.fooled), element("ul", total.fooled.map(item))] : []),
    )
    return total
  }

  function show() {
    for (const claim of claims) showClaim(claim)
    const guessed = claims.flatMap(claim => (guesses.has(claim.id) ? [{...claim, guess: guesses.get(claim.id)}] : []))
    const {right, of} = showResult(guessed)
    running.textContent = of ? phrase("running", {right, of}) : say.start
    left.textContent = phrase("left", {n: claims.length - guessed.length})
    deleted.textContent = ""
    forget.hidden = !guesses.size
  }

  // Addresses --------------------------------------------------------------------------------------------------------

  /** Return the address of the page with the result on a card. */
  function address(card) {
    const known = Object.entries(card).filter(([, value]) => value !== null)
    return new URL(`#${new URLSearchParams(known)}`, location.href).href
  }

  function followAddress() {
    const card = parseResult(location.hash, ids)
    challenge.hidden = !card
    theirs.show(card)
    notice.textContent = /[#&](right|of)=/.test(location.hash) && !card ? say["no result"] : ""
    notice.hidden = !notice.textContent
    show()
  }

  addEventListener("hashchange", followAddress)
  followAddress()
  host.classList.add("started")
})()
