// The chart of the explorer's points: a panel for each value of its columns and rows, with markers, spreads and lines.
;(() => {
  const {element, shape} = globalThis.elements
  const {linearAxis, logAxis, chart, curve} = globalThis.charts
  const {exact} = globalThis.numbers
  const {AXES} = globalThis.explorerAddress
  const LEAST = 0.1 // per cent, smallest error on a logarithmic axis, where smaller ones are drawn
  const [RADIUS, REACH] = [4.5, 10] // pixels of a marker, and of what a finger hits
  const APART = 0.3 // of the room of a value, in which markers of other colours stand side by side
  const [NARROW, NARROWEST, GAP] = [230, 150, 12] // pixels of panels

  /** Return a legend from names and styles {colour, dash, shape}. */
  function legendOf(title, entries) {
    const sample = ({colour, dash, shape: outline, size = 1}) =>
      shape(
        "svg",
        {viewBox: "-14 -7 28 14", "aria-hidden": "true"},
        dash && shape("path", {d: "M-14 0H14", stroke: colour, "stroke-dasharray": dash, class: "explorer-line"}),
        outline && shape("path", {d: outline, fill: colour, transform: `scale(${size * RADIUS})`}),
      )
    const items = entries.map(([text, style]) => element("li", sample(style), text))
    return element("ul", {class: "explorer-legend"}, title && element("li", title), items)
  }

  /**
   * Return the rows of the points that are drawn, and the function that draws them for a width in pixels.
   * shown: Points that pass the filters.
   * candidates: All points of the experiment.
   */
  function chartOf(study, state, shown, candidates) {
    const {grid, isMeasure, title, label, phrase, ordered, key, valuesAmong} = study

    // Rows -----------------------------------------------------------------------------------------------------------

    const isPositive = name => grid.measures[name]?.scale === "log"
    // Accuracies are drawn as errors on a logarithmic axis, unless readers want accuracies on a linear one.
    const isError = name => grid.measures[name]?.scale === "error" && state.scale === "log"
    const position = (name, number) => (isError(name) ? Math.max(100 - number, LEAST) : number)
    const axisTitle = name => {
      if (isError(name)) return `${phrase(`error ${name}`)} (%)`
      return grid.measures[name]?.unit === "points" ? `${title(name)} (%)` : title(name)
    }

    function rowOf(point, policy) {
      const row = {i: point.i, chosen: key(point) === state.point}
      for (const axis of AXES) {
        const name = state[axis]
        if (isMeasure(name)) row[axis] = position(name, point.measured[name]?.centre)
        else if (name !== "none") row[axis] = label(name, name === "policy" ? policy : point[name])
      }
      if (!point.measured[state.y]) return row
      const {centre, low, high} = point.measured[state.y]
      const largest = grid.measures[state.y].unit === "points" ? 100 : Number.POSITIVE_INFINITY // mean + sd may exceed it
      const isLow = Number.isFinite(low) && (!isPositive(state.y) || low > 0)
      const ends = [
        isLow ? Math.max(low, Math.min(0, centre)) : centre,
        Number.isFinite(high) ? Math.min(high, largest) : centre,
      ]
      return {...row, ends: ends.map(end => position(state.y, end))}
    }

    const isDrawable = row =>
      AXES.filter(axis => isMeasure(state[axis])).every(
        axis => Number.isFinite(row[axis]) && (!isPositive(state[axis]) || row[axis] > 0),
      )

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

    /** Return the names of the values that rows have, in the order of the setting. */
    function namesOn(axis) {
      if (state[axis] === "none") return [undefined]
      const names = new Set(valuesAmong(shown, state[axis]).map(value => label(state[axis], value)))
      return [...names].filter(name => rows.some(row => row[axis] === name))
    }

    function axisOf(axis, values) {
      const name = state[axis]
      if (isError(name)) return logAxis(values, error => (error <= LEAST ? `≤ ${LEAST}` : exact(error)))
      if (isMeasure(name)) return (isPositive(name) ? logAxis : linearAxis)(values)
      const names = namesOn(axis)
      const of = value => names.indexOf(value) + 0.5
      return {range: [0, names.length], marks: names.map(value => [of(value), value]), of}
    }

    // Whether lines can connect points: x has an order, and each series has one point at each x.
    const series = row => JSON.stringify([row.colour, row.columns, row.rows])
    const canConnect =
      ordered.includes(state.x) &&
      !isMeasure(state.colour) &&
      new Set(rows.map(row => row.x + series(row))).size === rows.length

    // Colours --------------------------------------------------------------------------------------------------------

    /** Return the function from a row to its style, and the entries of the legend. */
    function styles() {
      const name = state.colour
      const plain = {colour: grid.settings.activation.colour[0], shape: grid.settings.activation.shape[0]}
      if (name === "none") return {styleOf: () => plain, entries: []}
      if (isMeasure(name)) return shades(plain)
      const {values, colour, dash, shape} = grid.settings[name]
      const known = new Map() // by label: filters change only what the legend lists
      for (const value of valuesAmong(candidates, name)) {
        const [text, i] = [label(name, value), values.indexOf(value)]
        if (!known.has(text)) known.set(text, {colour: colour[i], dash: dash[i].join(" "), shape: shape[i]})
      }
      const listed = [...known].filter(([text]) => rows.some(row => row.colour === text))
      const places = new Map(listed.map(([text], i) => [text, (i + 0.5) / listed.length - 0.5]))
      const isApart = !isMeasure(state.x) && !canConnect
      const styleOf = row => ({...known.get(row.colour), aside: isApart ? APART * places.get(row.colour) : 0})
      return {styleOf, entries: listed}
    }

    // Colour and size show a measure.
    function shades(plain) {
      const numbers = rows.map(row => row.colour)
      const {of} = axisOf("colour", numbers)
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
      const styleOf = ({colour: number}) => {
        const share = (of(number) - of(low)) / (of(high) - of(low) || 1)
        const colour = `color-mix(in oklab, var(--c0) ${Math.round(100 * share)}%, var(--c4))`
        return {...plain, colour, size: 0.6 + 0.8 * share}
      }
      return {styleOf, entries: [low, high].map(number => [exact(number, 3), styleOf({colour: number})])}
    }

    // Together -------------------------------------------------------------------------------------------------------

    function marker(row, {colour, shape: outline, size = 1}, x, y) {
      return shape(
        "g",
        {"data-i": row.i, transform: `translate(${x} ${y})`, class: row.chosen ? "explorer-chosen" : null},
        shape("circle", {r: REACH, fill: "transparent"}),
        shape("path", {d: outline, fill: colour, transform: `scale(${size * RADIUS})`}),
      )
    }

    function draw(boxWidth) {
      const x = axisOf(
        "x",
        rows.map(row => row.x),
      )
      const y = axisOf("y", [...rows.map(row => row.y), ...rows.flatMap(row => row.ends)])
      const {styleOf, entries} = styles()
      const [columns, lines] = [namesOn("columns"), namesOn("rows")]
      const isGrid = state.rows !== "none" // whose columns stand below one another
      const perLine = isGrid ? columns.length : Math.max(1, Math.min(columns.length, Math.floor(boxWidth / NARROW)))
      const width = Math.max(NARROWEST, Math.floor((boxWidth - GAP * (perLine - 1)) / perLine))
      const height = columns.length * lines.length === 1 ? 320 : 210

      const panel = (line, column) => {
        const own = rows.filter(row => row.columns === column && row.rows === line)
        const shapes = (left, top) => {
          const placed = own.map(row => {
            const style = styleOf(row)
            return {row, style, x: left(x.of(row.x) + (style.aside ?? 0)), y: top(y.of(row.y))}
          })
          const lines = canConnect ? Object.values(Object.groupBy(placed, ({row}) => series(row))) : []
          return [
            placed.map(({row, style, x}) => {
              const [y1, y2] = row.ends.map(end => top(y.of(end)))
              return shape("line", {x1: x, x2: x, y1, y2, stroke: style.colour, class: "explorer-spread"})
            }),
            lines.map(line => {
              const points = line.toSorted((a, b) => a.x - b.x).map(({x, y}) => [x, y])
              const {colour, dash} = line[0].style
              const attributes = {stroke: colour, "stroke-dasharray": dash, class: "explorer-line"}
              return curve("polyline", points, Number, Number, attributes)
            }),
            placed.map(({row, style, x, y}) => marker(row, style, x, y)),
          ]
        }
        const name = [column, line].filter(Boolean).join(" · ")
        return element("div", {"data-panel": name}, chart({title: name, x, y, draw: shapes, width, height}))
      }

      const panels = lines.flatMap(line => columns.map(column => panel(line, column)))
      return [
        legendOf(state.colour !== "none" && axisTitle(state.colour), entries),
        element("p", axisTitle(state.y)),
        element("div", {class: "explorer-panels", style: `--columns: ${perLine}; --panel: ${width}px`}, panels),
        element("p", {class: "explorer-x"}, axisTitle(state.x)),
      ]
    }

    return {rows, draw}
  }

  globalThis.explorerChart = {legendOf, chartOf}
})()
