// The point that a reader selected in the explorer: its numbers, its learning curves, and its command.
;(() => {
  const {element, button, scrollBox, loadScript, unpack} = globalThis.elements
  const {SCORES} = globalThis.explorerAddress
  const {draw} = globalThis.explorerPlot

  /**
   * Return the section, and the function that shows a point in it.
   * folder: Folder of the study's files.
   * close: Function to call when the reader closes the section.
   */
  function createDetails(study, folder, close) {
    const {grid, words, names, points, phrase, title, label, describe, key, share, cellText, summaryText} = study
    const section = element("section", {class: "explorer-details", "aria-labelledby": "explorer-point", hidden: true})
    let shown = "" // key of the point
    let curvesView

    function show(state) {
      const point = points.find(other => key(other) === state.point)
      section.hidden = !point
      if (!point) shown = ""
      if (!point || shown === state.point) return
      shown = state.point
      const name = describe(point, state.experiment)
      const chart = element("div", {
        class: "explorer-chart",
        role: "img",
        "aria-label": phrase("curves of", {point: name}),
      })
      section.replaceChildren(
        element("h2", {id: "explorer-point", tabindex: "-1"}, name),
        element("p", phrase("curves text")),
        scrollBox(phrase("curves"), {class: "explorer-box explorer-scroll"}, chart),
        element(
          "dl",
          {class: "explorer-facts"},
          ...facts(point).map(([term, text]) => element("div", element("dt", term), element("dd", String(text)))),
        ),
        ...commandParts(point),
        button(phrase("close"), close, {class: "md-button"}),
      )
      plotCurves(point, chart)
    }

    function focus() {
      section.scrollIntoView({block: "nearest"})
      section.querySelector("h2").focus()
    }

    const facts = point => [
      ...[...names, "learning_rate"].map(name => [title(name), label(name, point[name])]),
      [title("policy"), cellText(point, "policy")],
      [phrase("n"), point.n],
      [phrase("diverged"), share(point.diverged)],
      ...Object.keys(point.measured).map(name => [title(name), summaryText(point, name)]),
    ]

    // The command that trains the cell again. There is none if another workflow passed the configuration.
    function commandParts(point) {
      if (words.option === null) return []
      const output = `results/${words.study}/runs/${point.path}.parquet`
      const command = `snakemake --cores 1 --force ${output} ${words.option}`
      return [
        element("p", phrase("command")),
        element("pre", {class: "explorer-command", tabindex: "0"}, element("code", command)),
      ]
    }

    // Curves ---------------------------------------------------------------------------------------------------------

    let curves // promise of those of all points
    // Rows for the chart from the columns of the curves: epochs, then median and quartiles of scores (train, test), which
    // are accuracies as shares or errors of numbers, and of losses (train, test). Scores are multiplied by the scale.
    function curveRows([epochs, ...columns], scale) {
      const triple = (curve, i) => columns.slice(3 * curve, 3 * curve + 3).map(column => column[i])
      return [
        {part: phrase("train"), scoreCurve: 0, lossCurve: 2},
        {part: phrase("test"), scoreCurve: 1, lossCurve: 3},
      ].flatMap(({part, scoreCurve, lossCurve}) =>
        epochs.map((epoch, i) => {
          const [score, score_low, score_high] = triple(scoreCurve, i).map(number => scale * number)
          const [loss, loss_low, loss_high] = triple(lossCurve, i)
          return {epochs: epoch, part, score, score_low, score_high, loss, loss_low, loss_high}
        }),
      )
    }

    async function plotCurves(point, chart) {
      await loadScript(`${folder}curves.js`)
      curves ??= unpack(PACKED_CURVES)
      const columns = (await curves)[point.i]
      if (shown !== key(point)) return // another point was selected meanwhile
      if (!columns) {
        chart.replaceChildren(phrase("no curves"))
        return
      }
      const hasClasses = SCORES[0] in point.measured
      const rows = curveRows(columns, hasClasses ? 100 : 1).filter(row => row.loss > 0)
      curvesView?.finalize()
      curvesView = await draw(chart, specification(chart.clientWidth || 600, hasClasses), rows)
    }

    function specification(width, hasClasses) {
      const spec = structuredClone(grid.charts.curves)
      spec.columns = width > 620 ? 2 : 1
      const titles = [phrase(hasClasses ? "accuracy axis" : "error axis"), phrase("loss axis")]
      const legend = {title: phrase("samples"), sort: [phrase("train"), phrase("test")]}
      for (const [i, panel] of spec.concat.entries()) {
        panel.width = Math.max(140, width / spec.columns - 90)
        panel.height = 220
        for (const {encoding} of panel.layer) {
          encoding.x.title = phrase("epochs")
          encoding.y.title = titles[i]
          for (const channel of ["color", "fill", "strokeDash"]) Object.assign(encoding[channel] ?? {}, legend)
        }
      }
      return spec
    }

    return {section, show, focus}
  }

  globalThis.explorerDetails = {createDetails}
})()
