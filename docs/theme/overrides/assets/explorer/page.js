// The explorer. PACKED_GRID (points), packedNumbers (measures of the points, loaded with the first view
// of an experiment) and PACKED_CURVES (learning curves, loaded on the first click) are scripts of the study. The texts are
// in the page.
;(async () => {
  const {element, button, loadScript, unpack} = globalThis.elements
  const {addresses} = globalThis.explorerAddress
  const root = document.getElementById("explorer-root")
  const words = JSON.parse(document.getElementById("explorer-words").textContent)
  const study = globalThis.explorerStudy.readStudy(await unpack(PACKED_GRID), words)
  const {points, phrase, count, pointsOf, passes, key} = study
  const {folder} = root.dataset
  const address = addresses(study)
  let state

  // The questions of the page that the study has an answer to. The first is the first view.
  const viewOf = question => address.parseAddress(question.hash.slice(1))
  const questions = []
  for (const question of document.querySelectorAll(".explorer-questions a[href^='#']")) {
    if (viewOf(question)) questions.push(question)
    else question.parentElement.remove()
  }
  const firstView = () => (questions.length ? viewOf(questions[0]) : address.defaultState())

  function update(changes) {
    notice.textContent = ""
    state = address.separated({...state, ...changes})
    history.replaceState(null, "", `#${address.formatAddress(state) || `experiment=${state.experiment}`}`)
    render()
  }

  function selectPoint(point) {
    update({point: key(point)})
    details.focus()
  }

  const controls = globalThis.explorerControls.createControls(study, address, {
    update,
    chooseExperiment: experiment => update(address.moved(state, experiment)),
  })
  const notice = element("p", {class: "explorer-notice", role: "alert"})
  const status = element("p", {class: "explorer-status", role: "status"})
  const reset = button(phrase("reset"), () => update(firstView()), {class: "md-button explorer-reset"})
  const plot = globalThis.explorerPlot.createPlot(study, selectPoint)
  const details = globalThis.explorerDetails.createDetails(study, folder, () => update({point: ""}))
  const table = globalThis.explorerTable.createTable(study, {sort: sort => update({sort}), select: selectPoint})
  const chartPart = element(
    "div",
    {class: "explorer-chart-part"},
    element("div", {class: "explorer-row"}, status, reset),
    plot.box,
  )
  root.replaceChildren(notice, chartPart, controls.advanced, details.section, table.box, table.more, plot.tip)

  // Measures ---------------------------------------------------------------------------------------------------------

  const loaded = new Set() // experiments with measures

  async function loadMeasures(experiment) {
    await loadScript(`${folder}numbers-${experiment}.js`)
    study.addMeasures(experiment, await unpack(globalThis.packedNumbers[experiment]))
    loaded.add(experiment)
  }

  // Load measures, and show the view again if the reader still wants this experiment.
  function showOnceLoaded(experiment) {
    for (const part of [plot.box, table.box, table.more, details.section]) part.hidden = true
    status.textContent = phrase("loading")
    const ifWanted = action => value => state.experiment === experiment && action(value)
    const fail = error => {
      status.textContent = ""
      notice.textContent = phrase("failed", {error: error.message})
    }
    loadMeasures(experiment).then(ifWanted(render), ifWanted(fail))
  }

  // The view ---------------------------------------------------------------------------------------------------------

  function render() {
    const candidates = pointsOf(state.experiment)
    controls.show(state, candidates)
    for (const question of questions) {
      const isCurrent =
        address.formatAddress(viewOf(question)) === address.formatAddress({...state, point: "", sort: ""})
      question.parentElement.classList.toggle("explorer-current", isCurrent)
      question.setAttribute("aria-current", isCurrent)
    }
    if (!loaded.has(state.experiment)) {
      showOnceLoaded(state.experiment)
      return
    }
    const shown = candidates.filter(point => passes(point, state))
    table.show(state, shown)
    const notDrawn = plot.show(state, shown, candidates)
    status.textContent = [
      phrase("shown", {n: count(shown.length), all: count(points.length)}),
      ...(shown.length ? [] : [phrase("nothing")]),
      ...(notDrawn ? [phrase("off the chart", {n: count(notDrawn)})] : []),
    ].join(" ")
    details.show(state)
  }

  function followAddress() {
    const text = location.hash.slice(1)
    const isPlace = !text || document.getElementById(text) !== null
    const asked = isPlace ? (state ?? firstView()) : address.parseAddress(text)
    notice.textContent = asked ? "" : phrase("unknown address")
    state = asked ?? firstView()
    render()
  }

  addEventListener("hashchange", () => {
    followAddress()
    chartPart.scrollIntoView({block: "nearest"})
  })
  let chartWidth = plot.box.clientWidth
  new ResizeObserver(() => {
    if (plot.box.hidden || Math.abs(plot.box.clientWidth - chartWidth) < 2) return
    chartWidth = plot.box.clientWidth
    render()
  }).observe(plot.box)
  followAddress()
})()
