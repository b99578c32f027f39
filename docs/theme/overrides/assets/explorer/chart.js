// The chart of the explorer's points: its rows, and the Vega-Lite specification completed from the template of the study.
;(() => {
  const {AXES} = globalThis.explorerAddress
  const STRETCHED_SCALE = {type: "symlog", constant: 1, reverse: true, zero: false, nice: false}
  const APART = {type: "band", paddingInner: 0.7, paddingOuter: 0.35} // markers side by side, close to their tick

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
    const ACCURACY_LABELS = {values: grid.accuracies.map(tick => 100 - tick), labelExpr: "100 - datum.value"}
    const isLog = name => grid.measures[name].scale.type === "log"

    // Rows -----------------------------------------------------------------------------------------------------------

    // A stretched axis shows the error, upside down on a logarithmic scale that reaches 0. Its labels are accuracies.
    const isStretched = name =>
      isMeasure(name) && grid.measures[name].scale.type === "stretched" && state.scale === "stretched"
    const position = (name, number) => (isStretched(name) ? 100 - number : number)

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
      const {unit, scale} = grid.measures[name]
      const text = unit === "points" ? `${title(name)} (%)` : title(name)
      const encoding = {field: channel, type: "quantitative"}
      if (isStretched(name)) {
        return {...encoding, title: phrase("stretched", {axis: text}), scale: STRETCHED_SCALE, axis: ACCURACY_LABELS}
      }
      if (scale.type === "log") return {...encoding, title: text, scale}
      return {...encoding, title: text, scale: {type: "linear", zero: false, nice: true}}
    }

    // The range of an axis with all points and their spread. If all are equal, they are in its middle.
    function range() {
      const numbers = rows.flatMap(row => [row.y, row.low ?? row.y, row.high ?? row.y])
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
      if (isLog(state.y)) return low < high ? [low, high] : [low / 2, 2 * low]
      const margin = low < high ? (high - low) / 25 : Math.abs(low) / 10 || 0.1
      if (!isStretched(state.y)) return [low - margin, high + margin]
      const ticks = ACCURACY_LABELS.values
      const some = ticks.filter(tick => low <= tick && tick <= high)
      const [below, above] = [ticks.filter(tick => tick < low), ticks.filter(tick => tick > high)]
      if (some.length < 2) return [Math.max(0, ...below), Math.min(100, ...above)]
      return [Math.max(0, low - margin), Math.min(100, high + margin)]
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
      const stretched = isStretched(state.colour)
      const scale = stretched ? STRETCHED_SCALE : isLog(state.colour) ? {type: "log"} : {type: "linear"}
      const color = {
        field: "colour",
        type: "quantitative",
        title: stretched ? phrase("stretched", {axis: title(state.colour)}) : title(state.colour),
        scale: {...scale, scheme: "cividis"},
        legend: stretched ? ACCURACY_LABELS : {tickCount: 4},
      }
      spread.encoding.color = {value: "var(--c7)"} // if the measure set it, the legend would list single values
      marker.encoding.color = color
      marker.encoding.size = {...color, scale: {...scale, range: [30, 160]}}
    }

    // Label → colour, dash and shape of each value of a setting. Filters do not change them.
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
      const labels = [...styles.keys()]
      const legend = {columns: Math.max(1, Math.floor(width / 130))}
      const encoding = part => ({
        field: "colour",
        type: "nominal",
        title: title(state.colour),
        scale: {domain: labels, range: [...styles.values()].map(style => style[part])},
        legend,
      })
      for (const layer of layers) layer.encoding.color = encoding("colour")
      line.encoding.strokeDash = encoding("dash")
      marker.encoding.shape = encoding("shape")
      if (!isMeasure(state.x) && !canConnect()) {
        const present = labels.filter(text => rows.some(row => row.colour === text))
        for (const {encoding} of layers) {
          encoding.x = {...encoding.x, scale: APART}
          encoding.xOffset = {field: "colour", scale: {domain: present}}
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
      panel.height = columns * lines === 1 ? 360 : lines === 1 && perLine === columns ? 280 : 210
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
