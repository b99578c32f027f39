// The chart of the explorer's points: its rows, and the Vega-Lite specification completed from the template of the study.
;(() => {
  const {AXES} = globalThis.explorerAddress
  const LEAST = 0.1 // per cent, smallest error on a logarithmic axis, where smaller ones are drawn
  const ERRORS = [LEAST, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 70, 100] // its labels
  const ERROR_LABELS = {values: ERRORS, labelExpr: `datum.value <= ${LEAST} ? '≤ ' + datum.value : '' + datum.value`}
  const APART = {type: "band", paddingInner: 0.7, paddingOuter: 0.35} // markers side by side, close to their tick

  /** Return about how wide an entry of a legend is, in pixels, with its symbol and the gap to the next one. */
  const legendWidth = text => 35 + 7 * text.length + 5 * (text.match(/\p{sc=Hangul}/gu)?.length ?? 0)

  /** An invisible row for each panel without points, since Vega-Lite would fill the gap with the panels that follow. */
  function paddingRows(rows) {
    const valuesOf = axis => [...new Set(rows.map(row => row[axis]))]
    const pairs = valuesOf("columns").flatMap(column => valuesOf("rows").map(line => [column, line]))
    return pairs
      .filter(([column, line]) => !rows.some(row => row.columns === column && row.rows === line))
      .map(([column, line]) => {
        const {y} = rows[0]
        return {...rows[0], i: undefined, chosen: false, low: y, high: y, columns: column, rows: line, padding: true}
      })
  }

  /**
   * Return the rows of a chart, and the function that specifies it for a width in pixels.
   * shown: Points that pass the filters.
   * candidates: All points of the experiment.
   */
  function chartOf(study, state, shown, candidates) {
    const {grid, isMeasure, title, label, phrase, ordered, key, valuesAmong} = study
    const isLog = name => grid.measures[name].scale === "log"

    // Rows -----------------------------------------------------------------------------------------------------------

    // Accuracies are drawn as errors on a logarithmic axis, unless readers want accuracies on a linear one.
    const isError = name => isMeasure(name) && grid.measures[name].scale === "error" && state.scale === "log"
    const position = (name, number) => (isError(name) ? Math.max(100 - number, LEAST) : number)
    const axisTitle = name => {
      if (isError(name)) return `${phrase(`error ${name}`)} (%)`
      return isMeasure(name) && grid.measures[name].unit === "points" ? `${title(name)} (%)` : title(name)
    }

    function rowOf(point, policy) {
      const row = {i: point.i, chosen: key(point) === state.point}
      for (const axis of AXES) {
        const name = state[axis]
        if (name === "none") continue
        if (isMeasure(name)) row[axis] = position(name, point.measured[name]?.centre)
        else row[axis] = label(name, name === "policy" ? policy : point[name])
      }
      const summary = point.measured[state.y]
      if (isMeasure(state.y) && summary) {
        const {centre, low, high} = summary
        const largest = grid.measures[state.y].unit === "points" ? 100 : Number.POSITIVE_INFINITY // mean + sd may exceed the scale
        const lowIsDrawable = Number.isFinite(low) && (!isLog(state.y) || low > 0)
        row.low = position(state.y, lowIsDrawable ? Math.max(low, Math.min(0, centre)) : centre)
        row.high = position(state.y, Number.isFinite(high) ? Math.min(high, largest) : centre)
      }
      return row
    }

    const isDrawable = row =>
      AXES.every(axis => {
        if (!isMeasure(state[axis])) return true
        return Number.isFinite(row[axis]) && (!isLog(state[axis]) || row[axis] > 0)
      })

    // One row per point, or per point and policy if an axis shows policies.
    const showsPolicies = AXES.some(axis => state[axis] === "policy")
    const policiesOf = point =>
      showsPolicies ? point.policies.filter(name => !state.policy.length || state.policy.includes(name)) : [null]
    const rows = shown.flatMap(point =>
      policiesOf(point)
        .map(policy => rowOf(point, policy))
        .filter(isDrawable),
    )

    // Axes -----------------------------------------------------------------------------------------------------------

    const domain = (some, setting) => [...new Set(valuesAmong(some, setting).map(value => label(setting, value)))]

    function axisEncoding(name, channel) {
      if (!isMeasure(name)) {
        return {field: channel, type: "ordinal", title: title(name), sort: domain(shown, name), axis: {labelAngle: 0}}
      }
      const encoding = {field: channel, type: "quantitative", title: axisTitle(name)}
      if (isError(name)) return {...encoding, scale: {type: "log", nice: false}, axis: ERROR_LABELS}
      if (isLog(name)) return {...encoding, scale: {type: "log"}}
      return {...encoding, scale: {type: "linear", zero: false, nice: true}}
    }

    // The range of an axis with all points and their spread. If all are equal, they are in its middle.
    function range() {
      const numbers = rows.flatMap(row => [row.y, row.low ?? row.y, row.high ?? row.y])
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
      if (isLog(state.y)) return low < high ? [low, high] : [low / 2, 2 * low]
      if (isError(state.y)) {
        const [below, above] = [ERRORS.filter(tick => tick < low), ERRORS.filter(tick => tick > high)]
        return [Math.max(LEAST, ...below), Math.min(100, ...above)]
      }
      const margin = low < high ? (high - low) / 25 : Math.abs(low) / 10 || 0.1
      return [low < 0 ? low - margin : Math.max(0, low - margin), high + margin]
    }

    // Whether lines can connect points: x has an order, and each series has one point at each x.
    function canConnect() {
      if (!ordered.includes(state.x) || !isMeasure(state.y)) return false
      const positions = rows.map(row =>
        JSON.stringify([row.x, isMeasure(state.colour) ? 0 : row.colour, row.columns, row.rows]),
      )
      return new Set(positions).size === positions.length
    }

    // Colours --------------------------------------------------------------------------------------------------------

    // Colour and size show a measure.
    function encodeMeasure(spread, marker) {
      const scale = {type: isError(state.colour) || isLog(state.colour) ? "log" : "linear"}
      const color = {
        field: "colour",
        type: "quantitative",
        title: axisTitle(state.colour),
        scale: {...scale, scheme: "cividis"},
        legend: {tickCount: 4},
      }
      spread.encoding.color = {value: "var(--c7)"} // if the measure set it, the legend would list single values
      marker.encoding.color = color
      marker.encoding.size = {...color, scale: {...scale, range: [30, 160]}}
    }

    // Label → colour, dash and shape of each value of a setting. Filters do not change them, only what the legend lists.
    function stylesOf(name) {
      const {values, colour, dash, shape} = grid.settings[name]
      const styles = new Map()
      for (const value of valuesAmong(candidates, name)) {
        const i = values.indexOf(value)
        if (!styles.has(label(name, value))) {
          styles.set(label(name, value), {colour: colour[i], dash: dash[i], shape: shape[i]})
        }
      }
      return styles
    }

    // Colour, dashes and shape distinguish the values of a setting.
    function encodeSetting(layers, width) {
      const [, line, marker] = layers
      const styles = stylesOf(state.colour)
      const labels = [...styles.keys()].filter(text => rows.some(row => row.colour === text))
      const widest = Math.max(160, ...labels.map(legendWidth))
      const legend = {columns: Math.max(1, Math.floor(width / widest)), labelLimit: 0}
      const encoding = part => ({
        field: "colour",
        type: "nominal",
        title: title(state.colour),
        scale: {domain: labels, range: labels.map(text => styles.get(text)[part])},
        legend,
      })
      for (const layer of layers) layer.encoding.color = encoding("colour")
      line.encoding.strokeDash = encoding("dash")
      marker.encoding.shape = encoding("shape")
      if (!isMeasure(state.x) && !canConnect()) {
        for (const {encoding} of layers) {
          encoding.x = {...encoding.x, scale: APART}
          encoding.xOffset = {field: "colour", scale: {domain: labels}}
        }
      }
    }

    // Together -------------------------------------------------------------------------------------------------------

    // Repeat the panel for columns and rows, with widths that fill the box.
    function withPanels(spec, panel, boxWidth) {
      const facet = axis => ({
        field: axis,
        type: "ordinal",
        title: title(state[axis]),
        sort: domain(shown, state[axis]),
      })
      const panelCount = axis =>
        state[axis] === "none" || isMeasure(state[axis]) ? 1 : Math.max(1, domain(shown, state[axis]).length)
      const [columns, lines] = [panelCount("columns"), panelCount("rows")]
      const hasRows = state.rows !== "none"
      const width = boxWidth - 75
      const perLine = hasRows ? columns : Math.max(1, Math.min(columns, Math.floor(width / 230)))
      panel.width = Math.max(110, Math.floor((width - 22 * perLine - (hasRows ? 40 : 0)) / perLine))
      panel.height = columns * lines === 1 ? 320 : lines === 1 && perLine === columns ? 280 : 210
      if (hasRows) {
        const column = state.columns === "none" ? {} : {column: facet("columns")}
        return {...spec, facet: {row: facet("rows"), ...column}, spec: panel}
      }
      if (state.columns === "none") return {...spec, ...panel}
      return {...spec, facet: facet("columns"), columns: perLine, spec: panel}
    }

    function specification(width) {
      const spec = structuredClone(grid.charts.points)
      const [spread, line, marker] = spec.layer
      const x = axisEncoding(state.x, "x")
      const y = axisEncoding(state.y, "y")
      if (isMeasure(state.y)) y.scale = {...y.scale, domain: range()}
      for (const layer of spec.layer) {
        layer.encoding.x = x
        layer.encoding.y = layer === spread ? {...y, field: "low"} : y
      }
      marker.encoding.opacity = {condition: {test: "datum.padding", value: 0}, value: 1}
      if (isMeasure(state.colour)) encodeMeasure(spread, marker)
      else if (state.colour !== "none") encodeSetting(spec.layer, width)
      else for (const layer of spec.layer) layer.encoding.color = {value: grid.settings.activation.colour[0]}
      const layers = [...(isMeasure(state.y) ? [spread] : []), ...(canConnect() ? [line] : []), marker]
      return withPanels({...spec, layer: undefined}, {layer: layers}, width)
    }

    return {rows, specification}
  }

  globalThis.explorerChart = {paddingRows, chartOf}
})()
