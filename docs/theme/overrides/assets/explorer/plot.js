// Draw the explorer's charts with Vega, and describe the point under the mouse.
;(() => {
  const {element, scrollBox} = globalThis.elements
  const {AXES, SCORES} = globalThis.explorerAddress
  const {paddingRows, chartOf} = globalThis.explorerChart
  const OPTIONS = {actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: false}

  /** Draw a specification into an element, and return its view. Vega places texts by their size in the font of the page. */
  async function draw(host, spec, rows) {
    const config = {...spec.config, font: getComputedStyle(host).fontFamily}
    return (await vegaEmbed(host, {...spec, config, datasets: {rows}}, OPTIONS)).view
  }

  /**
   * Return a box with the chart of a study's points, its tip, and the function that draws it.
   * select: Function to call with a point on which the reader clicks.
   */
  function createPlot(study, select) {
    const {points, phrase, title, count, isMeasure, describe, summaryText, share} = study
    const chart = element("div", {class: "explorer-chart", role: "img"})
    const box = scrollBox(phrase("chart"), {class: "explorer-box explorer-scroll"}, chart)
    const tip = element("div", {class: "explorer-tip", "aria-hidden": "true", hidden: true})
    let view
    let drawnSpec
    let shownState
    let last = Promise.resolve()

    /** Show points, and return the number of those that are not drawn. */
    function show(state, shown, candidates) {
      const {rows, specification} = chartOf(study, state, shown, candidates)
      shownState = state
      chart.setAttribute(
        "aria-label",
        phrase("chart of", {y: title(state.y), x: title(state.x), n: count(rows.length)}),
      )
      box.hidden = !rows.length
      if (rows.length) plot([...rows, ...paddingRows(rows)], specification(box.clientWidth))
      return shown.length - new Set(rows.map(row => row.i)).size
    }

    // Draw charts one after another, since a slow one could replace a newer one.
    function plot(rows, spec) {
      const specText = JSON.stringify(spec)
      last = last.then(async () => {
        if (specText === drawnSpec) return view.data("rows", rows).runAsync()
        view?.finalize()
        view = await draw(chart, spec, rows)
        drawnSpec = specText
        view.addEventListener("pointermove", (event, item) => showTip(event, item?.datum?.i))
        view.addEventListener("pointerout", () => (tip.hidden = true))
        view.addEventListener("click", (_, item) => {
          if (item?.datum?.i !== undefined) select(points[item.datum.i])
        })
      })
    }

    function showTip(event, i) {
      tip.hidden = i === undefined
      if (tip.hidden) return
      const point = points[i]
      const names = [...new Set([...AXES.map(axis => shownState[axis]).filter(isMeasure), ...SCORES])]
      tip.replaceChildren(
        element("strong", describe(point, shownState.experiment)),
        ...names
          .filter(name => name in point.measured)
          .map(name => element("div", `${title(name)}: ${summaryText(point, name)}`)),
        element("div", `${phrase("n")}: ${point.n}; ${phrase("diverged")}: ${share(point.diverged)}`),
      )
      const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)
      const below = event.clientY + 14
      const fitsBelow = below + tip.offsetHeight <= innerHeight
      tip.style.left = `${Math.max(8, left)}px`
      tip.style.top = `${fitsBelow ? below : event.clientY - tip.offsetHeight - 10}px`
    }

    return {box, tip, show}
  }

  globalThis.explorerPlot = {draw, createPlot}
})()
