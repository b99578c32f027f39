// One learning rate for all batch sizes: a line over the map, which readers drag, and the bars at its rate. The address
// keeps all choices: `#rate=1/4`, `#rate=own&equal=updates&with=adam`.
;(() => {
  const OWN = "own" // state in which each batch size has its own rate
  const SLACK = 8 // pixels that a finger moves before it drags
  const host = document.querySelector(".rates")
  const data = JSON.parse(document.getElementById("rates-data").textContent)
  const ownButton = host.querySelector(".rates-controls button")
  const labels = {own: ownButton.dataset.own, back: ownButton.textContent}
  const answers = JSON.parse(host.dataset.answers)
  const switches = [...host.querySelectorAll("input")]
  const panels = [...host.querySelectorAll(".rates-panel")].map(makePanel)
  const usual = {equal: data[0].budget, with: data[0].method}
  const state = {...usual, rate: data[0].first, isOwn: true}

  function makePanel(root, index) {
    const {budget, method, first, rates, states} = data[index]
    const columns = root.querySelector(".rates-map tbody tr").querySelectorAll("td")
    const bars = [...root.querySelectorAll(".rates-bars td:nth-child(2)")]
    const attributes = {role: "slider", tabindex: 0, "aria-label": root.dataset.slider}
    const ends = {"aria-valuemin": 0, "aria-valuemax": rates.length - 1}
    const line = globalThis.elements.element("div", {class: "rates-line", ...attributes, ...ends})
    const field = root.querySelector(".rates-field")
    field.append(line)
    const edges = () => [...columns].slice(0, -1).map(column => column.getBoundingClientRect().right)
    const rateAt = x => rates[edges().filter(edge => edge <= x).length]
    const said = root.querySelector(".rates-said")
    return {budget, method, first, rates, states, root, field, columns, bars, line, said, rateAt}
  }

  const current = () => panels.find(({budget, method}) => budget === state.equal && method === state.with)

  function say(said, shown) {
    const [answer, sentence, more] = said.children
    answer.className = shown.answer
    answer.textContent = answers[shown.answer]
    sentence.textContent = shown.said
    more.textContent = shown.more
  }

  function show() {
    const {root, first, rates, states, field, columns, bars, line, said} = current()
    for (const one of switches) one.checked = one.value === state[one.name]
    for (const panel of panels) panel.root.classList.toggle("shown", panel.root === root)
    ownButton.textContent = state.isOwn ? labels.back : labels.own
    if (!rates.includes(state.rate)) state.rate = first
    const {left, width} = columns[rates.indexOf(state.rate)].getBoundingClientRect()
    root.classList.toggle("rates-free", state.isOwn)
    line.style.left = `${left + width / 2 - field.getBoundingClientRect().left}px`
    line.dataset.rate = state.rate
    line.setAttribute("aria-valuenow", rates.indexOf(state.rate))
    line.setAttribute("aria-valuetext", state.rate)
    const shown = states[state.isOwn ? OWN : state.rate]
    say(said, shown)
    for (const [i, bar] of shown.bars.entries()) {
      bars[i].className = bar.kind
      for (const name of ["length", "low", "high"]) bars[i].style.setProperty(`--${name}`, bar[name])
      bars[i].querySelector("i").textContent = bar.note
      bars[i].querySelector("b").textContent = bar.text
    }
  }

  /** Change the state as a reader wishes, and keep it in the address. */
  function change(wanted) {
    host.classList.add("moves")
    Object.assign(state, wanted)
    show()
    const address = new URLSearchParams({rate: state.isOwn ? OWN : state.rate})
    for (const name in usual) if (state[name] !== usual[name]) address.set(name, state[name])
    pages.keepAddress(`#${decodeURIComponent(address)}`)
  }

  function followAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1))
    if (!wanted.has("rate")) return
    const isChoice = name => switches.some(one => one.name === name && one.value === wanted.get(name))
    for (const name in usual) state[name] = isChoice(name) ? wanted.get(name) : usual[name]
    const {rates, first} = current()
    state.isOwn = !rates.includes(wanted.get("rate"))
    state.rate = state.isOwn ? first : wanted.get("rate")
    show()
  }

  const STEPS = {ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity}
  for (const {field, line, rates, rateAt} of panels) {
    const choose = rate => change({rate, isOwn: false})
    let start = null // of a drag: its place, and whether it goes to the side
    line.addEventListener("keydown", event => {
      if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      const at = rates.indexOf(state.rate) + STEPS[event.key]
      choose(rates[Math.max(0, Math.min(at, rates.length - 1))])
    })
    // A finger that moves up or down scrolls the page; one that moves to the side drags the line, and a tap moves it.
    field.addEventListener("pointerdown", event => {
      field.setPointerCapture(event.pointerId)
      start = {x: event.clientX, y: event.clientY, isAside: event.pointerType === "mouse"}
    })
    field.addEventListener("pointermove", event => {
      if (!start) return
      const aside = Math.abs(event.clientX - start.x)
      start.isAside ||= aside > SLACK && aside > Math.abs(event.clientY - start.y)
      if (start.isAside) choose(rateAt(event.clientX))
    })
    for (const end of ["pointerup", "pointercancel"]) field.addEventListener(end, () => (start = null))
    field.addEventListener("click", event => choose(rateAt(event.clientX)))
  }
  ownButton.addEventListener("click", () => {
    change({isOwn: !state.isOwn})
    current().said.scrollIntoView({block: "nearest"}) // it changes, and the button is far below
  })
  for (const one of switches) {
    one.addEventListener("change", () => {
      const isOther = one.name === "with" // whose rates mean something else
      change({[one.name]: one.value, ...(isOther && {rate: ""})})
    })
  }
  const resized = new ResizeObserver(show)
  for (const {field} of panels) resized.observe(field)
  addEventListener("hashchange", followAddress)
  show()
  followAddress()
})()
