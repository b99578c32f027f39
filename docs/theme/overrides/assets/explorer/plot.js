// The chart of the explorer on the page, with a tip on the point under the mouse.
;(() => {
  const {element, scrollBox} = globalThis.elements
  const {AXES, SCORES} = globalThis.explorerAddress
  const {chartOf} = globalThis.explorerChart

  /**
   * Return a box with the chart of a study's points, its tip, and the function that draws it.
   * select: Function to call with a point on which the reader clicks.
   */
  function createPlot(study, select) {
    const {points, phrase, title, count, isMeasure, describe, summaryText, share} = study
    const chart = element("div", {class: "explorer-chart", role: "img"})
    const box = scrollBox(phrase("chart"), {class: "explorer-box explorer-scroll"}, chart)
    const tip = element("div", {class: "explorer-tip", "aria-hidden": "true", hidden: true})
    let shownState

    /** Show points, and return the number of those that are not drawn. */
    function show(state, shown, candidates) {
      const {rows, draw} = chartOf(study, state, shown, candidates)
      shownState = state
      const texts = {y: title(state.y), x: title(state.x), n: count(rows.length)}
      chart.setAttribute("aria-label", phrase("chart of", texts))
      box.hidden = !rows.length
      if (rows.length) chart.replaceChildren(...draw(box.clientWidth))
      return shown.length - new Set(rows.map(row => row.i)).size
    }

    const pointAt = event => points[event.target.closest("[data-i]")?.dataset.i]

    function showTip(event) {
      const point = pointAt(event)
      tip.hidden = !point
      if (!point) return
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

    chart.addEventListener("pointermove", showTip)
    chart.addEventListener("pointerleave", () => (tip.hidden = true))
    chart.addEventListener("click", event => pointAt(event) && select(pointAt(event)))
    return {box, tip, show}
  }

  globalThis.explorerPlot = {createPlot}
})()
