// The explorer. PACKED_GRID (points and chart templates), packedNumbers (measures of the points, loaded with the first view
// of an experiment) and PACKED_CURVES (learning curves, loaded on the first click) are scripts of the study; the texts are
// in the page. The address holds the state: `#x=batch_size&activation=relu,tanh`.
globalThis.explorerReady = (async () => {
  const {element, fill, loadScript, unpack} = globalThis.elements
  const GRID = await unpack(PACKED_GRID)

  const AXES = ["x", "y", "colour", "columns", "rows"]
  const PARTS = ["output", "loss"] // of the objective: they can be on an axis, but are no filters of their own
  const ACCURACY_TICKS = [0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 100]
  const ACCURACY_LABELS = {values: ACCURACY_TICKS.map(tick => 100 - tick), labelExpr: "100 - datum.value"}
  const STRETCHED_SCALE = {type: "symlog", constant: 1, reverse: true, zero: false, nice: false}
  const APART = {type: "band", paddingInner: 0.7, paddingOuter: 0.35} // markers side by side, close to their tick
  const SCORES = ["test_accuracy", "test_rmse"] // of classes, and of numbers: what a view shows first
  const FIRST_ROWS = 50 // rows of the table until a reader asks for all

  const words = JSON.parse(document.getElementById("explorer-words").textContent)
  const settings = Object.keys(GRID.settings)
  const measures = Object.keys(GRID.measures)
  const FILTERS = settings.filter(name => name !== "experiment" && !PARTS.includes(name))
  const ORDERED = settings.filter(name => name === "hidden" || GRID.settings[name].counted) // lines can join their values

  const phrase = (term, values) => fill(words.say[term], values)
  const title = name => words.settings[name] ?? words.measures[name]
  const label = (setting, value) => words.values[setting][GRID.settings[setting].values.indexOf(value)]

  // Points -----------------------------------------------------------------------------------------------------------

  const cellSettings = settings.filter(name => !["learning_rate", "policy"].includes(name))
  const cells = GRID.cells.map(values =>
    Object.fromEntries([...cellSettings, "path"].map((name, i) => [name, values[i]])),
  )
  const points = GRID.points.map(([cell, learning_rate, policies, n, diverged], i) => {
    return {...cells[cell], i, learning_rate, policies, n, diverged, measured: {}}
  })
  const key = point => `${point.path}@${point.learning_rate}`

  const isMeasure = name => measures.includes(name)
  const isLog = name => GRID.measures[name].scale.type === "log"
  const canStretch = name => isMeasure(name) && GRID.measures[name].scale.type === "stretched"
  const has = (point, setting, value) =>
    setting === "policy" ? point.policies.includes(value) : point[setting] === value
  const pointsOf = experiment => points.filter(point => experiment === "all" || point.experiment === experiment)
  const measuresOf = experiment => (experiment === "all" ? measures : GRID.experiments[experiment])
  const passes = (point, state) =>
    FILTERS.every(name => !state[name].length || state[name].some(value => has(point, name, value)))
  const valuesAmong = (some, setting) =>
    GRID.settings[setting].values.filter(value => some.some(point => has(point, setting, value)))

  // Add the measures of an experiment to its points. columns: of the summaries of each measure.
  function addMeasures(experiment, columns) {
    pointsOf(experiment).forEach((point, row) => {
      const summaries = columns.map(column => (column[row] === null ? NaN : Number(column[row])))
      for (const name of measuresOf(experiment)) {
        const [centre, ...spread] = summaries.splice(0, GRID.measures[name].median ? 3 : 2)
        if (Number.isNaN(centre)) continue
        const [low, high] = spread.length > 1 ? spread : [centre - spread[0], centre + spread[0]]
        point.measured[name] = {centre, low, high, sd: spread.length > 1 ? null : spread[0]}
      }
    })
  }

  // Numbers as text --------------------------------------------------------------------------------------------------

  const withMinus = text => text.replace("-", "−")
  const percent = text => phrase("percent", {number: text})
  const count = number => number.toLocaleString("en") // 1,468 in both languages
  const share = number => percent((100 * number).toFixed(0))

  function significant(number) {
    if (number === Infinity) return phrase("never")
    const size = Math.abs(number)
    const exponential = size && (size < 1e-4 || size >= 1e7)
    return withMinus(exponential ? number.toExponential(3) : String(Number(number.toPrecision(4))))
  }

  // A mean and a standard deviation with the same number of decimals, three digits of the mean.
  function meanAndSd(mean, sd) {
    const text = significant(mean)
    if (text.includes("e")) return {centre: text, sd: significant(sd)}
    const decimals = mean ? Math.max(0, 2 - Math.floor(Math.log10(Math.abs(mean)))) : 2
    return {centre: withMinus(mean.toFixed(decimals)), sd: sd.toFixed(decimals)}
  }

  // A measure of a point with its spread over seeds.
  function summaryText(point, name) {
    const summary = point.measured[name]
    if (!summary) return "–"
    const {unit, median} = GRID.measures[name]
    const format = unit === "points" ? number => withMinus(number.toFixed(2)) : significant
    const [centre, low, high] = [summary.centre, summary.low, summary.high].map(format)
    let text = centre
    if (summary.low !== Infinity) {
      if (median) text = phrase("median and quartiles", {centre, low, high})
      else if (Number.isFinite(summary.sd)) {
        const numbers = unit === "points" ? {centre, sd: format(summary.sd)} : meanAndSd(summary.centre, summary.sd)
        text = phrase("mean and sd", numbers)
      }
    }
    return unit === "points" ? percent(text) : text
  }

  // State and address ------------------------------------------------------------------------------------------------

  const FIRST_EXPERIMENT = "main-grid" in GRID.experiments ? "main-grid" : Object.keys(GRID.experiments)[0]

  function defaultState(experiment = FIRST_EXPERIMENT) {
    const unfiltered = Object.fromEntries(FILTERS.map(name => [name, []]))
    return {experiment, ...unfiltered, sort: "", point: "", scale: "stretched", ...suggestedView(experiment)}
  }

  // Axes and filters that show what varies in an experiment, at tuned rates if it has any.
  function suggestedView(experiment) {
    const candidates = pointsOf(experiment)
    const varying = FILTERS.filter(name => name !== "policy" && valuesAmong(candidates, name).length > 1)
    const tuned = valuesAmong(candidates, "policy").includes("tuned")
    const preferred = tuned
      ? ["batch_size", "hidden", "activation", "objective"]
      : ["learning_rate", "hidden", "activation"]
    const x = preferred.find(name => varying.includes(name)) ?? varying[0] ?? "batch_size"
    const others = [...new Set(["activation", "objective", "initialisation", "hidden", ...varying])].filter(
      name => name !== x && varying.includes(name) && !(tuned && name === "learning_rate"),
    )
    const measured = measuresOf(experiment)
    const y = measured.find(name => [...SCORES, "gradient_log_ratio"].includes(name)) ?? measured[0]
    const policy = tuned ? ["tuned"] : []
    return {x, y, colour: others[0] ?? "none", columns: others[1] ?? "none", rows: "none", policy}
  }

  // "none", settings and measures that an axis can show.
  function axisOptions(axis) {
    const none = ["colour", "columns", "rows"].includes(axis) ? ["none"] : []
    return [...none, ...settings, ...(["columns", "rows"].includes(axis) ? [] : measures)]
  }

  const parseValue = (setting, text) => GRID.settings[setting].values.find(value => String(value) === text)

  // The state that an address describes, or null if it names something that does not exist.
  function parseAddress(hash) {
    if (!hash || (!hash.includes("=") && document.getElementById(decode(hash)))) return defaultState()
    const parts = hash.split("&").map(part => part.split("=").map(decode))
    const experiment = Object.fromEntries(parts).experiment ?? FIRST_EXPERIMENT
    if (!isValid("experiment", experiment)) return null
    const state = defaultState(experiment)
    for (const [name, text, ...rest] of parts) {
      if (text === undefined || rest.length || !Object.hasOwn(state, name)) return null
      if (FILTERS.includes(name)) {
        state[name] = text === "" ? [] : text.split(",").map(value => parseValue(name, value))
        if (state[name].includes(undefined)) return null
      } else if (isValid(name, text)) {
        state[name] = text
      } else {
        return null
      }
    }
    return state
  }

  function isValid(name, text) {
    if (name === "experiment") return text === "all" || Object.hasOwn(GRID.experiments, text)
    if (name === "scale") return ["stretched", "linear"].includes(text)
    if (name === "point") return points.some(point => key(point) === text)
    if (name === "sort") return [...settings, ...measures, "n", "diverged"].includes(text.replace(/^-/, ""))
    return axisOptions(name).includes(text)
  }

  const isQuestion = () => location.hash.startsWith("#ask=")

  function decode(text) {
    try {
      return decodeURIComponent(text)
    } catch {
      return undefined
    }
  }

  // The address of a state. It holds only what differs from the default state of the experiment.
  function formatAddress(state) {
    const usual = {...defaultState(state.experiment), experiment: FIRST_EXPERIMENT}
    return Object.keys(state)
      .filter(name => String(state[name]) !== String(usual[name]))
      .map(name => `${name}=${[state[name]].flat().map(encodeURIComponent).join(",")}`)
      .join("&")
  }

  globalThis.explorerFunctions = {
    GRID,
    addMeasures,
    cells,
    isQuestion,
    label,
    names: cellSettings.filter(name => name !== "experiment" && !PARTS.includes(name)),
    title,
    defaultState,
    formatAddress,
    meanAndSd,
    paddingRows,
    parseAddress,
    passes,
    points,
    significant,
    summaryText,
  }

  // Controls ---------------------------------------------------------------------------------------------------------

  const root = document.getElementById("explorer-root")
  if (!root) return // unit tests have no page

  let state
  let showAllRows = false

  const scrollBox = (name, content) =>
    element("div", {class: "explorer-box explorer-scroll", role: "region", tabindex: "0", "aria-label": name}, content)

  function update(changes) {
    notice.textContent = ""
    state = {...state, ...changes}
    history.replaceState(null, "", `#${formatAddress(state)}`)
    render()
  }

  function select(name, options, onChoice = value => update({[name]: value})) {
    const id = `explorer-${name}`
    const control = element("select", {id, onchange: event => onChoice(event.target.value)}, ...options)
    return element("div", {class: "explorer-choice"}, element("label", {for: id}, phrase(name)), control)
  }

  function axisSelect(axis) {
    const names = axisOptions(axis)
    const option = value => element("option", {value}, value === "none" ? phrase("none") : title(value))
    const group = (term, members) =>
      members.length ? [element("optgroup", {label: phrase(term)}, ...members.map(option))] : []
    return select(axis, [
      ...(names.includes("none") ? [option("none")] : []),
      ...group(
        "settings",
        names.filter(name => settings.includes(name)),
      ),
      ...group("measures", names.filter(isMeasure)),
    ])
  }

  const experimentOptions = [...Object.keys(GRID.experiments), "all"].map(name =>
    element("option", {value: name}, name === "all" ? phrase("all experiments") : name),
  )
  const linear = element("input", {
    type: "checkbox",
    onchange: () => update({scale: linear.checked ? "linear" : "stretched"}),
  })
  const linearLabel = element("label", {class: "explorer-linear"}, linear, phrase("linear"))
  const axes = element(
    "fieldset",
    {class: "explorer-row"},
    element("legend", {}, phrase("axes")),
    select("experiment", experimentOptions, chooseExperiment),
    ...AXES.map(axisSelect),
    linearLabel,
  )

  const filterGroups = element("div", {class: "explorer-groups"})
  const filters = element(
    "fieldset",
    {class: "explorer-filters"},
    element("legend", {}, phrase("filters")),
    filterGroups,
  )

  // Show another experiment. Filters stay as far as the experiment has their values.
  function chooseExperiment(experiment) {
    const candidates = pointsOf(experiment)
    const view = suggestedView(experiment)
    const kept = FILTERS.map(name => {
      const available = valuesAmong(candidates, name)
      return [name, state[name].filter(value => available.includes(value))]
    })
    const y = measuresOf(experiment).includes(state.y) ? state.y : (view.y ?? measures[0])
    update({...view, ...Object.fromEntries(kept), experiment, policy: view.policy, point: "", sort: "", y})
  }

  // Offer the values that the experiment has. The boxes stay the same while they are ticked, and keep the focus.
  let offeredExperiment = ""
  function updateFilters(candidates) {
    if (offeredExperiment !== state.experiment) {
      offeredExperiment = state.experiment
      filterGroups.replaceChildren(...FILTERS.flatMap(name => filterGroup(name, valuesAmong(candidates, name))))
    }
    for (const box of filterGroups.querySelectorAll("input")) {
      box.checked = state[box.name].map(String).includes(box.value)
    }
  }

  function filterGroup(name, values) {
    if (values.length < (name === "policy" ? 1 : 2)) return []
    const onchange = () => update({[name]: tickedValues(name)})
    const boxes = values.map(value => {
      const box = element("input", {type: "checkbox", name, value: String(value), onchange})
      return element("label", {}, box, label(name, value))
    })
    return [element("fieldset", {class: "explorer-group"}, element("legend", {}, title(name)), ...boxes)]
  }

  const tickedValues = name =>
    [...filterGroups.querySelectorAll(`input[name=${name}]:checked`)].map(box => parseValue(name, box.value))

  const notice = element("p", {class: "explorer-notice", role: "alert"})
  const status = element("p", {class: "explorer-status", role: "status"})
  const reset = element("button", {type: "button", class: "md-button explorer-reset"}, phrase("reset"))
  reset.addEventListener("click", () => update(defaultState()))
  const chart = element("div", {class: "explorer-chart", role: "img"})
  const chartBox = scrollBox(phrase("chart"), chart)
  const tip = element("div", {class: "explorer-tip", "aria-hidden": "true", hidden: true})
  const details = element("section", {class: "explorer-details", "aria-labelledby": "explorer-point", hidden: true})
  const table = element("table", {class: "explorer-table"})
  const tableBox = scrollBox(phrase("table"), table)
  const more = element("button", {type: "button", class: "md-button", hidden: true})
  more.addEventListener("click", () => {
    showAllRows = true
    render()
  })

  // Chart ------------------------------------------------------------------------------------------------------------

  // One row per point, or per point and policy if an axis shows policies.
  function chartRows(shown) {
    const showsPolicies = AXES.some(axis => state[axis] === "policy")
    return shown.flatMap(point => {
      const policies = showsPolicies
        ? point.policies.filter(name => !state.policy.length || state.policy.includes(name))
        : [null]
      return policies.map(policy => chartRow(point, policy)).filter(isDrawable)
    })
  }

  // A stretched axis shows the error, upside down on a logarithmic scale that reaches 0. Its labels are accuracies.
  const isStretched = name => canStretch(name) && state.scale === "stretched"
  const position = (name, number) => (isStretched(name) ? 100 - number : number)

  function chartRow(point, policy) {
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
      const largest = GRID.measures[state.y].unit === "points" ? 100 : Infinity // mean + sd may exceed the scale
      const lowIsDrawable = Number.isFinite(low) && (!isLog(state.y) || low > 0)
      row.low = position(state.y, lowIsDrawable ? Math.max(low, Math.min(0, centre)) : centre)
      row.high = position(state.y, Number.isFinite(high) ? Math.min(high, largest) : centre)
    }
    return row
  }

  // An invisible row for each panel without points, since Vega-Lite would fill the gap with the panels that follow.
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

  const isDrawable = row =>
    AXES.every(axis => {
      if (!isMeasure(state[axis])) return true
      return Number.isFinite(row[axis]) && (!isLog(state[axis]) || row[axis] > 0)
    })

  const domain = (some, setting) => [...new Set(valuesAmong(some, setting).map(value => label(setting, value)))]

  function axisEncoding(name, channel, shown) {
    if (!isMeasure(name)) {
      return {field: channel, type: "ordinal", title: title(name), sort: domain(shown, name), axis: {labelAngle: 0}}
    }
    const {unit, scale} = GRID.measures[name]
    const text = unit === "points" ? `${title(name)} (%)` : title(name)
    const encoding = {field: channel, type: "quantitative"}
    if (isStretched(name)) {
      return {...encoding, title: phrase("stretched", {axis: text}), scale: STRETCHED_SCALE, axis: ACCURACY_LABELS}
    }
    if (scale.type === "log") return {...encoding, title: text, scale}
    return {...encoding, title: text, scale: {type: "linear", zero: false, nice: true}}
  }

  // Label → colour, dash and shape of each value of a setting. Filters do not change them.
  function looksOf(name, candidates) {
    const {values, colour, dash, shape} = GRID.settings[name]
    const looks = new Map()
    for (const value of valuesAmong(candidates, name)) {
      const i = values.indexOf(value)
      if (!looks.has(label(name, value))) {
        looks.set(label(name, value), {colour: colour[i], dash: dash[i], shape: shape[i]})
      }
    }
    return looks
  }

  // Whether lines can connect points: x has an order, and each series has one point at each x.
  function canConnect(rows) {
    if (!ORDERED.includes(state.x) || !isMeasure(state.y)) return false
    const positions = rows.map(row =>
      JSON.stringify([row.x, isMeasure(state.colour) ? 0 : row.colour, row.columns, row.rows]),
    )
    return new Set(positions).size === positions.length
  }

  function specification(rows, shown, candidates) {
    const spec = structuredClone(GRID.charts.points)
    const [spread, line, marker] = spec.layer
    const x = axisEncoding(state.x, "x", shown)
    const y = axisEncoding(state.y, "y", shown)
    if (isMeasure(state.y)) y.scale = {...y.scale, domain: domainOf(rows)}
    for (const layer of spec.layer) {
      layer.encoding.x = x
      layer.encoding.y = layer === spread ? {...y, field: "low"} : y
    }
    marker.encoding.opacity = {condition: {test: "datum.padding", value: 0}, value: 1}
    if (isMeasure(state.colour)) encodeMeasure(spread, marker)
    else if (state.colour !== "none") encodeSetting(spec.layer, rows, candidates)
    else for (const layer of spec.layer) layer.encoding.color = {value: GRID.settings.activation.colour[0]}
    const layers = [...(isMeasure(state.y) ? [spread] : []), ...(canConnect(rows) ? [line] : []), marker]
    return withPanels({...spec, layer: undefined}, {layer: layers}, shown)
  }

  // The range of an axis with all points and their spread. If they are all the same, they are in its middle.
  function domainOf(rows) {
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
    spread.encoding.color = {value: "var(--c7)"} // with a colour of the measure, the legend would list single values
    marker.encoding.color = color
    marker.encoding.size = {...color, scale: {...scale, range: [30, 160]}}
  }

  // Colour, dashes and shape distinguish the values of a setting.
  function encodeSetting(layers, rows, candidates) {
    const [, line, marker] = layers
    const looks = looksOf(state.colour, candidates)
    const labels = [...looks.keys()]
    const legend = {columns: Math.max(1, Math.floor(chartBox.clientWidth / 130))}
    const encoding = part => ({
      field: "colour",
      type: "nominal",
      title: title(state.colour),
      scale: {domain: labels, range: [...looks.values()].map(look => look[part])},
      legend,
    })
    for (const layer of layers) layer.encoding.color = encoding("colour")
    line.encoding.strokeDash = encoding("dash")
    marker.encoding.shape = encoding("shape")
    if (!isMeasure(state.x) && !canConnect(rows)) {
      const present = labels.filter(text => rows.some(row => row.colour === text))
      for (const {encoding} of layers) {
        encoding.x = {...encoding.x, scale: APART}
        encoding.xOffset = {field: "colour", scale: {domain: present}}
      }
    }
  }

  // Repeat the panel for columns and rows, with widths that fill the box.
  function withPanels(spec, panel, shown) {
    const facet = axis => ({field: axis, type: "ordinal", title: title(state[axis]), sort: domain(shown, state[axis])})
    const panelCount = axis =>
      state[axis] === "none" || isMeasure(state[axis]) ? 1 : Math.max(1, domain(shown, state[axis]).length)
    const [columns, rows] = [panelCount("columns"), panelCount("rows")]
    const hasRows = state.rows !== "none"
    const width = chartBox.clientWidth - 75
    const perLine = hasRows ? columns : Math.max(1, Math.min(columns, Math.floor(width / 230)))
    panel.width = Math.max(110, Math.floor((width - 22 * perLine - (hasRows ? 40 : 0)) / perLine))
    panel.height = columns * rows === 1 ? 360 : rows === 1 && perLine === columns ? 280 : 210
    if (hasRows) {
      const column = state.columns === "none" ? {} : {column: facet("columns")}
      return {...spec, facet: {row: facet("rows"), ...column}, spec: panel}
    }
    if (state.columns === "none") return {...spec, ...panel}
    return {...spec, facet: facet("columns"), columns: perLine, spec: panel}
  }

  const EMBED_OPTIONS = {actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: false}
  let view
  let drawnSpec
  let lastPlot = Promise.resolve()

  // Draw one chart after the other, since a slow one could replace a newer one.
  function plot(rows, shown, candidates) {
    const spec = specification(rows, shown, candidates)
    const data = [...rows, ...paddingRows(rows)]
    const specText = JSON.stringify(spec)
    lastPlot = lastPlot.then(async () => {
      if (specText === drawnSpec) return view.data("rows", data).runAsync()
      view?.finalize()
      const embedded = await vegaEmbed(chart, {...spec, datasets: {rows: data}}, EMBED_OPTIONS)
      drawnSpec = specText
      view = embedded.view
      view.addEventListener("pointermove", (event, item) => showTip(event, item?.datum?.i))
      view.addEventListener("pointerout", () => (tip.hidden = true))
      view.addEventListener("click", (_, item) => {
        if (item?.datum?.i !== undefined) selectPoint(points[item.datum.i])
      })
    })
  }

  function showTip(event, i) {
    tip.hidden = i === undefined
    if (tip.hidden) return
    const point = points[i]
    const names = [...new Set([...AXES.map(axis => state[axis]).filter(isMeasure), ...SCORES])]
    tip.replaceChildren(
      element("strong", {}, describe(point)),
      ...names
        .filter(name => name in point.measured)
        .map(name => element("div", {}, `${title(name)}: ${summaryText(point, name)}`)),
      element("div", {}, `${phrase("n")}: ${point.n}; ${phrase("diverged")}: ${share(point.diverged)}`),
    )
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)
    const below = event.clientY + 14
    const fitsBelow = below + tip.offsetHeight <= innerHeight
    tip.style.left = `${Math.max(8, left)}px`
    tip.style.top = `${fitsBelow ? below : event.clientY - tip.offsetHeight - 10}px`
  }

  // The settings of a point that vary among the points of the experiment.
  function describe(point) {
    const candidates = pointsOf(state.experiment)
    const varying = cellSettings.filter(name => !PARTS.includes(name) && valuesAmong(candidates, name).length > 1)
    const texts = varying.map(name => (ORDERED.includes(name) ? `${title(name)} ` : "") + label(name, point[name]))
    return [...texts, `${title("learning_rate")} ${label("learning_rate", point.learning_rate)}`].join(", ")
  }

  // Table ------------------------------------------------------------------------------------------------------------

  function tableColumns(shown) {
    const varying = cellSettings.filter(name => !PARTS.includes(name) && valuesAmong(shown, name).length > 1)
    const measured = [...new Set(AXES.map(axis => state[axis]).filter(isMeasure))]
    const shownMeasures = measured.length ? measured : SCORES.filter(isMeasure)
    const [first, ...others] = [...varying, "learning_rate", "policy"]
    return [first, ...shownMeasures, ...others, "n", "diverged"] // a phone shows only the first few
  }

  function sortKey(point, column) {
    if (isMeasure(column)) return point.measured[column]?.centre ?? -Infinity
    if (column === "policy") return point.policies.length
    return settings.includes(column) ? GRID.settings[column].values.indexOf(point[column]) : point[column]
  }

  function cellText(point, column) {
    if (isMeasure(column)) return summaryText(point, column)
    if (column === "diverged") return share(point.diverged)
    if (column === "n") return String(point.n)
    if (column === "policy") return point.policies.map(name => label("policy", name)).join(", ") || "–"
    return label(column, point[column])
  }

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0) // a − b would be NaN for two infinities

  function fillTable(shown) {
    const columns = tableColumns(shown)
    const sortColumn = state.sort.replace(/^-/, "")
    const sign = state.sort.startsWith("-") ? -1 : 1
    const sorted = sortColumn
      ? shown.toSorted((a, b) => sign * compare(sortKey(a, sortColumn), sortKey(b, sortColumn)))
      : shown
    const heads = columns.map(column => tableHead(column, column === sortColumn ? sign : 0))
    const rows = (showAllRows ? sorted : sorted.slice(0, FIRST_ROWS)).map((point, i) => tableRow(point, columns, i))
    table.replaceChildren(
      element("caption", {}, phrase("table")),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    )
    more.hidden = showAllRows || shown.length <= FIRST_ROWS
    more.textContent = phrase("show all", {n: count(shown.length)})
  }

  // sign: 1 or −1 if the table is sorted by the column, up or down.
  function tableHead(column, sign) {
    const onclick = () => {
      update({sort: sign === 1 ? `-${column}` : column})
      table.querySelector(`[data-column="${column}"]`).focus()
    }
    const button = element("button", {type: "button", "data-column": column, onclick}, title(column) ?? phrase(column))
    const order = {1: "ascending", "-1": "descending"}[sign]
    return element("th", {scope: "col", "aria-sort": order}, button)
  }

  // The head of a row is a button. Only that of the first row is a tab stop: arrow keys reach the others.
  function tableRow(point, columns, i) {
    const [first, ...others] = columns.map(column => cellText(point, column))
    const button = element("button", {type: "button", tabindex: i ? "-1" : "0"}, first)
    return element(
      "tr",
      {"data-point": point.i, "aria-current": key(point) === state.point ? "true" : undefined},
      element("th", {scope: "row"}, button),
      ...others.map(text => element("td", {}, text)),
    )
  }

  table.addEventListener("click", event => {
    const row = event.target.closest("tbody tr")
    if (row) selectPoint(points[row.dataset.point])
  })
  table.addEventListener("keydown", event => {
    const buttons = [...table.querySelectorAll("tbody button")]
    const current = buttons.indexOf(document.activeElement)
    const next = {ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: buttons.length - 1}[event.key]
    if (current < 0 || next === undefined || !buttons[next]) return
    event.preventDefault()
    buttons[current].tabIndex = -1
    buttons[next].tabIndex = 0
    buttons[next].focus()
  })

  // The selected point: its numbers, its learning curves, its command ------------------------------------------------

  function selectPoint(point) {
    update({point: key(point)})
    details.scrollIntoView({block: "nearest"})
    details.querySelector("h3").focus()
  }

  function showDetails() {
    const point = points.find(other => key(other) === state.point)
    details.hidden = !point
    if (!point || details.dataset.point === state.point) return
    details.dataset.point = state.point
    const curvesName = phrase("curves of", {point: describe(point)})
    const curvesChart = element("div", {class: "explorer-chart", role: "img", "aria-label": curvesName})
    const facts = pointFacts(point).map(([term, text]) =>
      element("div", {}, element("dt", {}, term), element("dd", {}, String(text))),
    )
    details.replaceChildren(
      element("h3", {id: "explorer-point", tabindex: "-1"}, describe(point)),
      element("p", {}, phrase("curves text")),
      scrollBox(phrase("curves"), curvesChart),
      element("dl", {class: "explorer-facts"}, ...facts),
      ...commandParts(point),
      element("button", {type: "button", class: "md-button", onclick: () => update({point: ""})}, phrase("close")),
    )
    plotCurves(point, curvesChart)
  }

  function pointFacts(point) {
    const names = [...cellSettings.filter(name => !PARTS.includes(name)), "learning_rate"]
    return [
      ...names.map(name => [title(name), label(name, point[name])]),
      [title("policy"), cellText(point, "policy")],
      [phrase("n"), point.n],
      [phrase("diverged"), share(point.diverged)],
      ...Object.keys(point.measured).map(name => [title(name), summaryText(point, name)]),
    ]
  }

  // The command that trains the cell again. There is none if another workflow passed the configuration.
  function commandParts(point) {
    if (words.option === null) return []
    const output = `results/${words.study}/runs/${point.path}.parquet`
    const command = `snakemake --cores 1 --force ${output} ${words.option}`
    return [
      element("p", {}, phrase("command")),
      element("pre", {class: "explorer-command", tabindex: "0"}, element("code", {}, command)),
    ]
  }

  let curvesPromise
  function loadCurves() {
    curvesPromise ??= loadScript(`${root.dataset.folder}curves.js`).then(() => unpack(PACKED_CURVES))
    return curvesPromise
  }

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

  let curvesView
  async function plotCurves(point, curvesChart) {
    const columns = (await loadCurves())[point.i]
    if (state.point !== key(point)) return // another point was selected meanwhile
    if (!columns) {
      curvesChart.replaceChildren(phrase("no curves"))
      return
    }
    const hasClasses = SCORES[0] in point.measured
    const rows = curveRows(columns, hasClasses ? 100 : 1).filter(row => row.loss > 0)
    const spec = structuredClone(GRID.charts.curves)
    const width = curvesChart.clientWidth || 600
    spec.columns = width > 620 ? 2 : 1
    const titles = [phrase(hasClasses ? "accuracy axis" : "error axis"), phrase("loss axis")]
    const legend = {title: phrase("samples"), sort: [phrase("train"), phrase("test")]}
    spec.concat.forEach((panel, i) => {
      panel.width = Math.max(140, width / spec.columns - 90)
      panel.height = 220
      for (const {encoding} of panel.layer) {
        encoding.x.title = phrase("epochs")
        encoding.y.title = titles[i]
        for (const channel of ["color", "fill", "strokeDash"]) Object.assign(encoding[channel] ?? {}, legend)
      }
    })
    curvesView?.finalize()
    curvesView = (await vegaEmbed(curvesChart, {...spec, datasets: {rows}}, EMBED_OPTIONS)).view
  }

  // Everything together ----------------------------------------------------------------------------------------------

  const loading = new Map() // experiment → promise of its measures
  const loaded = new Set() // experiments

  // Load the measures of an experiment once. If that fails, it can be tried again.
  function loadMeasures(experiment) {
    if (!loading.has(experiment)) {
      const promise = loadScript(`${root.dataset.folder}numbers-${experiment}.js`)
        .then(() => unpack(globalThis.packedNumbers[experiment]))
        .then(columns => {
          addMeasures(experiment, columns)
          loaded.add(experiment)
        })
      loading.set(experiment, promise)
      promise.catch(() => loading.delete(experiment))
    }
    return loading.get(experiment)
  }

  // Load measures, and show the view again if the reader still wants this experiment.
  function showOnceLoaded(experiment, missing) {
    for (const part of [chartBox, tableBox, more, details]) part.hidden = true
    status.textContent = phrase("loading")
    const ifWanted = action => value => state.experiment === experiment && action(value)
    const fail = error => {
      status.textContent = ""
      notice.textContent = phrase("failed", {error: error.message})
    }
    Promise.all(missing.map(loadMeasures)).then(ifWanted(render), ifWanted(fail))
  }

  function updateControls(candidates) {
    const measured = measuresOf(state.experiment)
    for (const axis of AXES) {
      const control = document.getElementById(`explorer-${axis}`)
      for (const option of control.options) option.hidden = isMeasure(option.value) && !measured.includes(option.value)
      control.value = state[axis]
    }
    linear.checked = state.scale === "linear"
    linearLabel.hidden = !["x", "y", "colour"].some(axis => canStretch(state[axis]))
    document.getElementById("explorer-experiment").value = state.experiment
    updateFilters(candidates)
  }

  function render() {
    const candidates = pointsOf(state.experiment)
    updateControls(candidates)
    const experiments = state.experiment === "all" ? Object.keys(GRID.experiments) : [state.experiment]
    const missing = experiments.filter(name => !loaded.has(name))
    if (missing.length) {
      showOnceLoaded(state.experiment, missing)
      return
    }
    const shown = candidates.filter(point => passes(point, state))
    const rows = chartRows(shown)
    const notDrawn = shown.length - new Set(rows.map(row => row.i)).size
    status.textContent = [
      phrase("shown", {n: count(shown.length), all: count(points.length)}),
      ...(shown.length ? [] : [phrase("nothing")]),
      ...(notDrawn ? [phrase("off the chart", {n: count(notDrawn)})] : []),
    ].join(" ")
    chart.setAttribute("aria-label", phrase("chart of", {y: title(state.y), x: title(state.x), n: count(rows.length)}))
    chartBox.hidden = !rows.length
    tableBox.hidden = !shown.length
    if (rows.length) plot(rows, shown, candidates)
    fillTable(shown)
    if (state.point) {
      showDetails()
    } else {
      details.hidden = true
      delete details.dataset.point
    }
  }

  function followAddress() {
    const asked = isQuestion() ? (state ?? defaultState()) : parseAddress(location.hash.slice(1))
    notice.textContent = asked ? "" : phrase("unknown address")
    state = asked ?? defaultState()
    render()
  }

  // Ask the runs. Its script loads when a reader opens it, by a button or by the address of a question.
  const askRoot = document.getElementById("ask-root")
  const askStatus = element("p", {class: "ask-status", role: "status"})
  const loadAsk = () =>
    loadScript(`${askRoot.dataset.root}assets/ask.js`).catch(error => {
      askStatus.textContent = phrase("failed", {error: error.message})
    })
  const askButton = element("button", {type: "button", class: "md-button", onclick: loadAsk}, phrase("ask"))
  askRoot.append(element("p", {}, askButton), askStatus)

  const statusRow = element("div", {class: "explorer-row"}, status, reset)
  const chartPart = element("div", {class: "explorer-chart-part"}, statusRow, chartBox)
  root.replaceChildren(
    notice,
    element("div", {class: "explorer-view"}, axes, chartPart, filters),
    details,
    tableBox,
    more,
    tip,
  )
  addEventListener("hashchange", () => {
    if (isQuestion()) {
      loadAsk()
    } else {
      followAddress()
      chartPart.scrollIntoView()
    }
  })
  let chartWidth = chartBox.clientWidth
  new ResizeObserver(() => {
    if (chartBox.hidden || Math.abs(chartBox.clientWidth - chartWidth) < 2) return
    chartWidth = chartBox.clientWidth
    render()
  }).observe(chartBox)
  followAddress()
  if (isQuestion()) loadAsk()
})()
