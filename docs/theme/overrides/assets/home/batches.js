// A sentence on trial: a guess opens two bars, the boxes, and a knob for the learning rate. The address keeps the choices:
// `#rate=1/4&equal=updates`, `#rate=own`.
;(() => {
  const OWN = "own" // state in which each batch size has its own rate
  const {replyTo} = globalThis.guessGuesses
  const {panels, answers} = JSON.parse(document.getElementById("trial-home-data").textContent)
  const host = document.querySelector(".trial-home")
  const all = selector => [...host.querySelectorAll(selector)]
  const [said, equal, knob, field, hint, rate] = ["said", "equal", "knob", "field", "hint", "rate output"].map(name =>
    host.querySelector(name === "knob" ? "#trial-home-knob" : `.trial-home-${name}`),
  )
  const strips = all(".trial-home-strip").map(strip => [...strip.children])
  const boxes = all(".trial-home-six button")
  const state = {equal: panels[0].budget, rate: panels[0].rates[panels[0].own[0]]}
  const start = {...state}
  let reply = "" // to a guess about the sentence, told at the start
  let shared = state.rate // the last rate of both
  const current = () => panels.find(({budget}) => budget === state.equal)

  function show() {
    const {rates, own, states, strips: shades, spent, held, equal: equals} = current()
    const isOwn = state.rate === OWN
    const {answer, said: sentence, shown} = states[state.rate]
    const [stamp, text] = said.children
    const {verdict, answer: told, depends, off} = host.dataset
    const isReply = reply && state.rate === start.rate && state.equal === start.equal
    stamp.className = `stamp ${isReply && told ? `badge-${verdict}` : answer}`
    stamp.textContent = (isReply && told) || answers[answer]
    text.textContent = isReply ? `${reply} ${depends || sentence}` : sentence
    equal.textContent = equals[Number(isOwn)]
    const places = isOwn ? own : own.map(() => rates.indexOf(state.rate))
    for (const [i, [length, percent]] of shown.entries()) {
      all(".trial-home-bar > i")[i].style.setProperty("--length", length)
      all(".trial-home-name output")[i].textContent = percent
      all(".trial-home-name small")[i].textContent = spent[i]
      all(".trial-home-best")[i].style.setProperty("--at", own[i])
      for (const [j, cell] of strips[i].entries()) {
        cell.style.setProperty("--shade", shades[i][j])
        cell.classList.toggle("on", j === places[i])
      }
    }
    const [a, b] = places.map(place => rates[place])
    rate.textContent = isOwn ? globalThis.elements.fill(host.dataset.both, {a, b}) : a
    host.classList.toggle("own", isOwn)
    if (isOwn) hint.textContent = off
    else {
      shared = state.rate
      knob.value = places[0]
    }
    knob.setAttribute("aria-valuetext", `${rate.textContent} (${held})`)
    for (const box of boxes) {
      box.setAttribute("aria-pressed", box.dataset.equal === state.equal && box.dataset.rate === state.rate)
    }
    for (const [i, head] of all("thead th").entries()) head.classList.toggle("lit", panels[i] === current())
  }

  /** Show the answers, after a guess or without. */
  function open(choice) {
    host.classList.add("guessed")
    if (choice) {
      const kind = replyTo(choice.value, host.dataset.verdict)
      reply = `“${choice.textContent}”? ${host.dataset[kind === "partly" ? choice.value : kind]}`
    }
    show()
  }

  /** Change the state as a reader wishes, and keep it in the address. */
  function change(wanted) {
    Object.assign(state, wanted)
    hint.hidden = state.rate !== OWN
    open()
    const equal = state.equal === panels[0].budget ? "" : `&equal=${state.equal}`
    pages.keepAddress(`#rate=${state.rate}${equal}`)
  }

  function followAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1))
    const panel = panels.find(({budget}) => budget === (wanted.get("equal") ?? panels[0].budget))
    if (!panel || !(wanted.get("rate") in panel.states)) return
    Object.assign(state, {equal: panel.budget, rate: wanted.get("rate")})
    hint.hidden = state.rate !== OWN
    open()
  }

  for (const choice of all(".guess-choices button")) choice.addEventListener("click", () => open(choice))
  for (const box of boxes) {
    box.addEventListener("click", () => {
      const {equal, rate} = box.dataset
      const isPressed = box.getAttribute("aria-pressed") === "true"
      change({equal, rate: isPressed && rate === OWN ? shared : rate}) // the box of own rates gives the knob back
      const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches
      said.scrollIntoView({block: "nearest", behavior: isCalm ? "auto" : "smooth"}) // on phones the boxes are far below
    })
  }
  knob.addEventListener("input", () => change({rate: current().rates[knob.value]}))

  hint.addEventListener("pointerdown", event => event.stopPropagation()) // it lies in the field, but is not for dragging
  hint.addEventListener("click", event => {
    event.stopPropagation()
    change({rate: state.rate === OWN ? shared : (current().rates[Number(knob.value) + 1] ?? state.rate)})
  })

  globalThis.elements.onDrag(field, event => {
    const {left, width} = field.getBoundingClientRect()
    const {rates} = current()
    const place = Math.floor(((event.clientX - left) / width) * rates.length)
    const wanted = rates[Math.max(0, Math.min(place, rates.length - 1))]
    if (wanted !== state.rate) change({rate: wanted})
  })
  addEventListener("hashchange", followAddress)
  show()
  followAddress()
})()
