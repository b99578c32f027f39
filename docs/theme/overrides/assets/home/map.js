// One learning rate for all batch sizes: a line over the map, which readers move, and the bars at its rate. The address
// keeps both choices: `#rate=1/4`, `#rate=own&equal=updates`.
;(() => {
  const OWN = "own" // state in which each batch size has its own rate
  const host = document.querySelector(".rates")
  const data = JSON.parse(document.getElementById("rates-data").textContent)
  const ownButton = host.querySelector(".rates-controls button")
  const labels = {own: ownButton.textContent, back: ownButton.dataset.back}
  const switches = [...host.querySelectorAll("[name=equal]")]
  const panels = [...host.querySelectorAll(".rates-panel")].map(makePanel)
  const budgets = panels.map(({budget}) => budget)
  const state = {budget: budgets[0], rate: panels[0].first, isOwn: false}
  let saving = 0 // timer, because browsers limit how often the address may change

  function makePanel(root) {
    const {budget, first, slider} = root.dataset
    const {rates, states} = data[budget]
    const rows = [...root.querySelectorAll("tbody tr")]
    const bars = [...root.querySelectorAll(".rates-bars:first-child td")]
    const name = root.querySelector(".rates-bars th")
    const said = root.querySelector(".rates-said")
    const line = document.createElement("div")
    line.className = "rates-line"
    const attributes = {role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": slider}
    for (const [key, value] of Object.entries({...attributes, "aria-valuemin": 0, "aria-valuemax": rates.length - 1}))
      line.setAttribute(key, value)
    root.querySelector(".rates-table").after(line)
    const rowOf = rate => rows.find(row => row.dataset.rate === rate)
    const rateAt = y => {
      const below = rows.findIndex(row => y < row.getBoundingClientRect().bottom)
      return (rows[below] ?? rows.at(-1)).dataset.rate
    }
    return {budget, root, rates, states, bars, name, said, first, line, rows, rowOf, rateAt}
  }

  const current = () => panels.find(({budget}) => budget === state.budget)

  function show() {
    for (const one of switches) one.checked = one.value === state.budget
    ownButton.textContent = state.isOwn ? labels.back : labels.own
    const {root, rates, states, bars, name, said, line, rowOf, first} = current()
    if (!rates.includes(state.rate)) state.rate = first
    const {top, height} = rowOf(state.rate).getBoundingClientRect()
    root.classList.toggle("rates-free", state.isOwn)
    line.style.top = `${top + height / 2 - root.getBoundingClientRect().top}px`
    line.setAttribute("aria-valuenow", rates.indexOf(state.rate))
    line.setAttribute("aria-valuetext", state.rate)
    const shown = states[state.isOwn ? OWN : state.rate]
    name.textContent = shown.name
    if (said.textContent !== shown.said) said.textContent = shown.said
    for (const [i, bar] of shown.bars.entries()) {
      bars[i].className = bar.kind
      bars[i].style.setProperty("--height", bar.height)
      bars[i].querySelector("b").textContent = bar.text
      bars[i].querySelector("i").textContent = bar.note
      bars[i].querySelector("path").setAttribute("d", bar.dots)
    }
  }

  /** Change the state as a reader wishes, and keep it in the address. */
  function change(wanted) {
    Object.assign(state, wanted)
    show()
    const equal = state.budget === budgets[0] ? "" : `&equal=${state.budget}`
    const address = `#rate=${state.isOwn ? OWN : state.rate}${equal}`
    clearTimeout(saving)
    saving = setTimeout(() => history.replaceState(null, "", address), 200)
  }

  function followAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1))
    if (!wanted.has("rate")) return
    const [rate, equal] = [wanted.get("rate"), wanted.get("equal")]
    const budget = budgets.includes(equal) ? equal : budgets[0]
    state.budget = budget
    state.isOwn = rate === OWN
    if (current().rates.includes(rate)) state.rate = rate
    show()
  }

  const STEPS = {ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity}
  for (const {line, root, rates, rows, rateAt} of panels) {
    const choose = rate => change({rate, isOwn: false})
    const follow = event => choose(rateAt(event.clientY))
    line.addEventListener("keydown", event => {
      if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      const at = rates.indexOf(state.rate) + STEPS[event.key]
      choose(rates[Math.max(0, Math.min(at, rates.length - 1))])
    })
    line.addEventListener("pointerdown", event => {
      line.setPointerCapture(event.pointerId)
      line.addEventListener("pointermove", follow)
      if (state.isOwn) follow(event)
    })
    for (const end of ["pointerup", "pointercancel"])
      line.addEventListener(end, () => line.removeEventListener("pointermove", follow))
    root.querySelector("tbody").addEventListener("click", event => {
      const row = event.target.closest("tr")
      if (rows.includes(row)) choose(row.dataset.rate)
    })
  }
  ownButton.addEventListener("click", () => change({isOwn: !state.isOwn}))
  for (const one of switches) one.addEventListener("change", () => change({budget: one.value}))
  const resized = new ResizeObserver(show)
  for (const table of host.querySelectorAll(".rates-table")) resized.observe(table)
  addEventListener("hashchange", followAddress)
  show()
  followAddress()
})()
