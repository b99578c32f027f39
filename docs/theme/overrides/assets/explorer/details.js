// The point that a reader selected in the explorer: its numbers, its learning curves, and its command.
;(() => {
  const {element, button, scrollBox, loadScript, unpack} = globalThis.elements
  const {SCORES} = globalThis.explorerAddress
  const {legendOf} = globalThis.explorerChart
  const {linearAxis, logAxis, chart, curve} = globalThis.charts
  const [TWO, GAP] = [620, 16] // pixels of a box with two charts, and between them

  /**
   * Return the section, and the function that shows a point in it.
   * folder: Folder of the study's files.
   * close: Function to call when the reader closes the section.
   */
  function createDetails(study, folder, close) {
    const {words, names, points, phrase, title, label, describe, key, share, cellText, summaryText} = study
    const section = element("section", {class: "explorer-details", "aria-labelledby": "explorer-point", hidden: true})
    let shown = "" // key of the point

    function show(state) {
      const point = points.find(other => key(other) === state.point)
      section.hidden = !point
      if (!point) shown = ""
      if (!point || shown === state.point) return
      shown = state.point
      const name = describe(point, state.experiment)
      const label = phrase("curves of", {point: name})
      const drawing = element("div", {class: "explorer-chart", role: "img", "aria-label": label})
      section.replaceChildren(
        element("h2", {id: "explorer-point", tabindex: "-1"}, name),
        element("p", phrase("curves text")),
        scrollBox(phrase("curves"), {class: "explorer-box explorer-scroll"}, drawing),
        element(
          "dl",
          {class: "explorer-facts"},
          ...facts(point).map(([term, text]) => element("div", element("dt", term), element("dd", String(text)))),
        ),
        ...commandParts(point),
        button(phrase("close"), close, {class: "md-button"}),
      )
      plotCurves(point, drawing)
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

    async function plotCurves(point, drawing) {
      await loadScript(`${folder}curves.js`)
      curves ??= unpack(PACKED_CURVES)
      const columns = (await curves)[point.i]
      if (shown !== key(point)) return // another point was selected meanwhile
      drawing.replaceChildren(...(columns ? drawCurves(point, columns, drawing.clientWidth) : [phrase("no curves")]))
    }

    // Columns are epochs, then median and quartiles of scores (train, test), which are accuracies as shares or errors of
    // numbers, and of losses (train, test).
    function drawCurves(point, [epochs, ...columns], boxWidth) {
      const width = boxWidth > TWO ? (boxWidth - GAP) / 2 : boxWidth
      const hasClasses = SCORES[0] in point.measured
      const score = hasClasses ? number => 100 * number : Number
      const x = linearAxis([0, ...epochs])
      const panel = (first, title, axisOf, of = Number) => {
        const parts = ["train", "test"].map((name, i) => {
          const [median, low, high] = columns.slice(first + 3 * i, first + 3 * i + 3)
          const isDrawable = each => each !== null && (axisOf === linearAxis || each > 0)
          const placed = column => epochs.map((epoch, at) => [epoch, column[at]]).filter(([, each]) => isDrawable(each))
          return {name, median: placed(median), band: [...placed(low), ...placed(high).toReversed()]}
        })
        const y = axisOf(parts.flatMap(({median, band}) => [...median, ...band].map(([, each]) => of(each))))
        const numbers = part => part.map(([epoch, each]) => [epoch, y.of(of(each))])
        const draw = (left, top) =>
          parts.map(({name, median, band}) => [
            curve("polygon", numbers(band), left, top, {class: `explorer-band explorer-${name}`}),
            curve("polyline", numbers(median), left, top, {class: `explorer-line explorer-${name}`}),
          ])
        return element("div", chart({title, x, y, draw, width, height: 220}))
      }
      const samples = [
        ["train", {colour: "var(--c1)", dash: "6.3 2.7"}],
        ["test", {colour: "var(--c0)", dash: "none"}],
      ]
      return [
        legendOf(
          phrase("samples"),
          samples.map(([name, style]) => [phrase(name), style]),
        ),
        element(
          "div",
          {class: "explorer-curves"},
          panel(0, phrase(hasClasses ? "accuracy axis" : "error axis"), linearAxis, score),
          panel(6, phrase("loss axis"), logAxis),
        ),
        element("p", {class: "explorer-x"}, phrase("epochs")),
      ]
    }

    return {section, show, focus}
  }

  globalThis.explorerDetails = {createDetails}
})()
