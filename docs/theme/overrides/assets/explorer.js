// The explorer. GRID (points and templates of charts) and CURVES (learning curves, fetched on the first click) are
// scripts of the study; the words are in the page. What is shown is in the address: `#x=batch_size&activation=relu,tanh`.
"use strict"
{
const root = document.getElementById("explorer-root")
const words = JSON.parse(document.getElementById("explorer-words").textContent)
const AXES = ["x", "y", "colour", "columns", "rows"]
const ACCURACIES = [0, 50, 60, 70, 75, 80, 85, 88, 90, 92, 94, 95, 96, 97, 98, 99, 100] // ticks of a stretched axis
const FEW = 50 // rows of the table until all are asked for
const settings = Object.keys(GRID.settings)
const PARTS = ["output", "loss"] // of the objective: to be shown along an axis, but nothing more to choose
const FILTERS = settings.filter(name => name !== "experiment" && !PARTS.includes(name))
const ORDERED = settings.filter(name => name === "hidden" || GRID.settings[name].counted) // a line may join neighbours
const measures = Object.keys(GRID.measures)

const say = (term, values = {}) => words.say[term].replace(/\{(\w+)\}/g, (_, name) => values[name])
const title = name => words.settings[name] ?? words.measures[name]
const label = (setting, value) => words.values[setting][GRID.settings[setting].values.findIndex(known => known === value)]
const byOrder = setting => (a, b) => GRID.settings[setting].values.indexOf(a) - GRID.settings[setting].values.indexOf(b)

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

// Points ---------------------------------------------------------------------------------------------------------------

const cellNames = settings.filter(name => !["learning_rate", "policy"].includes(name))
const cells = GRID.cells.map(values => Object.fromEntries([...cellNames, "path"].map((name, i) => [name, values[i]])))
const points = GRID.points.map(([cell, learning_rate, policies, n, diverged, ...numbers], i) => {
  const point = {...cells[cell], i, learning_rate, policies, n, diverged, measured: {}}
  for (const name of GRID.experiments[point.experiment]) {
    const [centre, ...spread] = numbers.splice(0, GRID.measures[name].median ? 3 : 2).map(x => (x === null ? NaN : Number(x)))
    if (Number.isNaN(centre)) continue
    const [low, high] = spread.length > 1 ? spread : [centre - spread[0], centre + spread[0]]
    point.measured[name] = {centre, low, high, sd: spread.length > 1 ? null : spread[0]}
  }
  return point
})
const key = point => `${point.path}@${point.learning_rate}`

const has = (point, setting, value) => (setting === "policy" ? point.policies.includes(value) : point[setting] === value)
const ofExperiment = state => points.filter(point => state.experiment === "all" || point.experiment === state.experiment)
const passes = (point, state) =>
  FILTERS.every(name => !state[name].length || state[name].some(value => has(point, name, value)))
const present = (chosen, setting) => GRID.settings[setting].values.filter(value => chosen.some(point => has(point, setting, value)))

// Numbers as text ------------------------------------------------------------------------------------------------------

const significant = number => {
  if (number === Infinity) return say("never")
  const size = Math.abs(number)
  const text = size && (size < 1e-4 || size >= 1e7) ? number.toExponential(3) : String(Number(number.toPrecision(4)))
  return text.replace("-", "−")
}
const percent = text => say("percent", {number: text})
const share = number => percent((100 * number).toFixed(0))

function spread(point, name) {
  const found = point.measured[name]
  if (!found) return "–"
  const {unit, median} = GRID.measures[name]
  const write = unit === "points" ? number => number.toFixed(2).replace("-", "−") : significant
  const [centre, low, high] = [found.centre, found.low, found.high].map(write)
  const text = found.low === Infinity ? centre : median ? say("median and quartiles", {centre, low, high})
    : Number.isFinite(found.sd) ? say("mean and sd", {centre, sd: write(found.sd)}) : centre
  return unit === "points" ? percent(text) : text
}

// State and address ----------------------------------------------------------------------------------------------------

const FIRST = "main-grid" in GRID.experiments ? "main-grid" : Object.keys(GRID.experiments)[0]

function defaults(experiment = FIRST) {
  const state = {experiment, ...Object.fromEntries(FILTERS.map(name => [name, []])), sort: "", point: ""}
  return {...state, ...suited(experiment)}
}

// Axes that show something of an experiment: what varies in it, at tuned rates if there are any.
function suited(experiment) {
  const chosen = ofExperiment({experiment})
  const varying = FILTERS.filter(name => name !== "policy" && present(chosen, name).length > 1)
  const among = preferred => preferred.find(name => varying.includes(name))
  const tuned = present(chosen, "policy").includes("tuned")
  const x = among(tuned ? ["batch_size", "hidden", "activation", "objective"] : ["learning_rate", "hidden", "activation"])
    ?? varying[0] ?? "batch_size"
  const rest = [...new Set(["activation", "objective", "initialisation", "hidden", ...varying])]
    .filter(name => name !== x && varying.includes(name) && !(tuned && name === "learning_rate"))
  const y = ["test_accuracy"].find(name => chosen.some(point => name in point.measured))
  return {x, y, colour: rest[0] ?? "none", columns: rest[1] ?? "none", rows: "none", policy: tuned ? ["tuned"] : []}
}

const parsed = (setting, text) => GRID.settings[setting].values.find(value => String(value) === text)

// The state that an address asks for, or null when it asks for something that there isn't.
function read(hash) {
  if (!hash || (!hash.includes("=") && document.getElementById(decoded(hash)))) return defaults()
  const asked = hash.split("&").map(part => part.split("=").map(decoded))
  const experiment = Object.fromEntries(asked).experiment ?? FIRST
  if (!known("experiment", experiment)) return null
  const state = defaults(experiment)
  for (const [name, text, ...rest] of asked) {
    if (text === undefined || rest.length || !Object.hasOwn(state, name)) return null
    if (FILTERS.includes(name)) {
      state[name] = text === "" ? [] : text.split(",").map(value => parsed(name, value))
      if (state[name].includes(undefined)) return null
    } else if (!known(name, text)) return null
    else state[name] = text
  }
  return state
}

function known(name, text) {
  if (name === "experiment") return text === "all" || Object.hasOwn(GRID.experiments, text)
  if (name === "point") return points.some(point => key(point) === text)
  if (name === "sort") return [...settings, ...measures, "n", "diverged"].includes(text.replace(/^-/, ""))
  return choices(name).includes(text)
}

const choices = axis => [...(["colour", "columns", "rows"].includes(axis) ? ["none"] : []), ...settings,
  ...(["columns", "rows"].includes(axis) ? [] : measures)]

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

// Only what differs from the default view is written.
function address(state) {
  const usual = {...defaults(state.experiment), experiment: FIRST}
  return Object.keys(state)
    .filter(name => String(state[name]) !== String(usual[name]))
    .map(name => `${name}=${[state[name]].flat().map(encodeURIComponent).join(",")}`)
    .join("&")
}

// Controls -------------------------------------------------------------------------------------------------------------

let state

function change(news) {
  state = {...state, ...news}
  history.replaceState(null, "", `#${address(state)}`)
  draw()
}

function select(name, options, choose = value => change({[name]: value})) {
  const id = `explorer-${name}`
  const made = element("select", {id, onchange: event => choose(event.target.value)}, ...options)
  return element("div", {class: "explorer-choice"}, element("label", {for: id}, say(name)), made)
}

const option = value => element("option", {value}, value === "none" ? say("none") : title(value))

const axes = element("fieldset", {class: "explorer-row"}, element("legend", {}, say("axes")))
for (const axis of AXES) {
  const names = choices(axis)
  const group = (term, members) =>
    members.length ? [element("optgroup", {label: say(term)}, ...members.map(option))] : []
  axes.append(select(axis, [
    ...(names.includes("none") ? [option("none")] : []),
    ...group("settings", names.filter(name => settings.includes(name))),
    ...group("measures", names.filter(name => measures.includes(name))),
  ]))
}

const experiments = [...Object.keys(GRID.experiments), "all"]
  .map(name => element("option", {value: name}, name === "all" ? say("all experiments") : name))
const filters = element("fieldset", {class: "explorer-filters"}, element("legend", {}, say("filters")),
  select("experiment", experiments, enter))
const boxes = element("div", {class: "explorer-groups"})
filters.append(boxes)

// Another experiment has other settings: choices that it can't answer give way to those that suit it.
function enter(experiment) {
  const chosen = ofExperiment({experiment})
  const fits = suited(experiment)
  const kept = Object.fromEntries(FILTERS.map(name => [name, state[name].filter(value => present(chosen, name).includes(value))]))
  change({...fits, ...kept, experiment, policy: fits.policy, point: "", sort: "",
    y: chosen.some(point => state.y in point.measured) ? state.y : fits.y ?? "test_accuracy"})
}

// The boxes to tick: the values that the experiment has. They stay in place while they are ticked.
let offered = ""
function offer(candidates) {
  if (offered !== state.experiment) {
    offered = state.experiment
    boxes.replaceChildren(...FILTERS.flatMap(name => {
      const values = present(candidates, name)
      return values.length < (name === "policy" ? 1 : 2) ? [] : [element("fieldset", {class: "explorer-group"}, element("legend", {}, title(name)),
        ...values.map(value => element("label", {},
          element("input", {type: "checkbox", name, value: String(value), onchange: () => change({[name]: ticked(name)})}),
          label(name, value))))]
    }))
  }
  for (const box of boxes.querySelectorAll("input")) box.checked = state[box.name].map(String).includes(box.value)
}

const ticked = name =>
  [...boxes.querySelectorAll(`input[name=${name}]:checked`)].map(box => parsed(name, box.value))

const notice = element("p", {class: "explorer-notice", role: "alert"})
const status = element("p", {class: "explorer-status", role: "status"})
const reset = element("button", {type: "button", class: "md-button explorer-reset", onclick: () => {
  notice.textContent = ""
  change(defaults())
}}, say("reset"))
const chart = element("div", {class: "explorer-chart", role: "img"})
const chartBox = element("div", {class: "explorer-box explorer-scroll", role: "region", tabindex: "0", "aria-label": say("chart")}, chart)
const tip = element("div", {class: "explorer-tip", "aria-hidden": "true", hidden: true})
const details = element("section", {class: "explorer-details", "aria-labelledby": "explorer-point", hidden: true})
const table = element("table", {class: "explorer-table"})
const tableBox = element("div", {class: "explorer-box explorer-scroll", role: "region", tabindex: "0", "aria-label": say("table")}, table)
const more = element("button", {type: "button", class: "md-button", hidden: true, onclick: () => {
  everything = true
  draw()
}})
let everything = false

// Charts ---------------------------------------------------------------------------------------------------------------

const measured = name => measures.includes(name)
const isLog = name => GRID.measures[name].scale.type === "log"

// A row a point, or a row a point and policy where the chart tells policies apart.
function rowsOf(shown) {
  const used = AXES.map(axis => state[axis])
  const rows = []
  for (const point of shown) {
    const policies = used.includes("policy") ? point.policies.filter(name => !state.policy.length || state.policy.includes(name)) : [null]
    for (const policy of policies) {
      const row = {i: point.i, chosen: key(point) === state.point}
      const place = name => (measured(name) ? point.measured[name]?.centre
        : label(name, name === "policy" ? policy : point[name]))
      for (const axis of AXES) if (state[axis] !== "none") row[axis] = place(state[axis])
      if (measured(state.y) && point.measured[state.y]) {
        const {centre, low, high} = point.measured[state.y]
        const most = GRID.measures[state.y].unit === "points" ? 100 : Infinity // a deviation may lead out of the scale
        row.low = Number.isFinite(low) && (!isLog(state.y) || low > 0) ? Math.max(low, Math.min(0, centre)) : centre
        row.high = Number.isFinite(high) ? Math.min(high, most) : centre
      }
      const drawable = AXES.every(axis => !measured(state[axis])
        || (Number.isFinite(row[axis]) && (!isLog(state[axis]) || row[axis] > 0)))
      if (drawable) rows.push(row)
    }
  }
  return rows
}

const domain = (chosen, setting) => [...new Set(present(chosen, setting).map(value => label(setting, value)))]

function axis(name, channel, shown) {
  if (!measured(name)) return {field: channel, type: "ordinal", title: title(name), sort: domain(shown, name), axis: {labelAngle: 0}}
  const {unit, scale} = GRID.measures[name]
  const values = scale.type === "pow" ? ACCURACIES : undefined
  return {field: channel, type: "quantitative", title: unit === "points" ? `${title(name)} (%)` : title(name),
    scale: scale.type === "log" ? scale : {...scale, zero: false, nice: scale.type === "linear"}, axis: {values}}
}

// Look of the colours, the same whatever the filters leave.
function look(name, candidates) {
  const {values, colour, dash, shape} = GRID.settings[name]
  const kept = present(candidates, name)
  const found = new Map()
  for (const value of kept) {
    const place = values.indexOf(value)
    if (!found.has(label(name, value))) found.set(label(name, value), {colour: colour[place], dash: dash[place], shape: shape[place]})
  }
  return found
}

// Whether lines may connect points: neighbours along x, one of each series.
function connected(rows) {
  if (!ORDERED.includes(state.x) || !measured(state.y)) return false
  const places = rows.map(row => JSON.stringify([row.x, measured(state.colour) ? 0 : row.colour, row.columns, row.rows]))
  return new Set(places).size === places.length
}

function specification(rows, shown, candidates) {
  const spec = structuredClone(GRID.charts.points)
  const panel = {layer: spec.layer}
  let [spread, line, marker] = spec.layer
  const x = axis(state.x, "x", shown)
  const y = axis(state.y, "y", shown)
  for (const layer of spec.layer) {
    layer.encoding.x = x
    layer.encoding.y = layer === spread ? {...y, field: "low"} : y
  }
  if (measured(state.colour)) {
    const {scale} = GRID.measures[state.colour]
    marker.encoding.color = spread.encoding.color = {field: "colour", type: "quantitative", title: title(state.colour),
      scale: {...scale, scheme: "cividis"}}
    marker.encoding.size = {field: "colour", type: "quantitative", legend: null, scale: {...scale, range: [30, 160]}}
  } else if (state.colour !== "none") {
    const looks = look(state.colour, candidates)
    const of = part => ({field: "colour", type: "nominal", title: title(state.colour),
      scale: {domain: [...looks.keys()], range: [...looks.values()].map(one => one[part])}})
    const legend = {columns: Math.max(1, Math.floor(chartBox.clientWidth / 130))}
    for (const layer of spec.layer) layer.encoding.color = {...of("colour"), legend}
    line.encoding.strokeDash = {...of("dash"), legend}
    marker.encoding.shape = {...of("shape"), legend}
    if (!measured(state.x) && !connected(rows)) {
      for (const layer of spec.layer) layer.encoding.xOffset = {field: "colour", scale: {domain: [...looks.keys()]}}
    }
  } else for (const layer of spec.layer) layer.encoding.color = {value: GRID.settings.activation.colour[0]}
  panel.layer = [...(measured(state.y) ? [spread] : []), ...(connected(rows) ? [line] : []), marker]
  return sized({...spec, layer: undefined}, panel, shown)
}

// Panels of a width and height that fill the box.
function sized(spec, panel, shown) {
  const facet = name => ({field: name, type: "ordinal", title: title(state[name]), sort: domain(shown, state[name])})
  const count = name => (state[name] === "none" || measured(state[name]) ? 1 : Math.max(1, domain(shown, state[name]).length))
  const [across, down] = [count("columns"), count("rows")]
  const room = chartBox.clientWidth - 75
  const wrapped = state.rows === "none" ? Math.max(1, Math.min(across, Math.floor(room / 230))) : across
  panel.width = Math.max(110, Math.floor((room - 22 * wrapped - (state.rows === "none" ? 0 : 40)) / wrapped))
  panel.height = across * down === 1 ? 360 : 210
  if (state.rows !== "none") {
    const columns = state.columns === "none" ? {} : {column: facet("columns")}
    return {...spec, facet: {row: facet("rows"), ...columns}, spec: panel}
  }
  return state.columns === "none" ? {...spec, ...panel} : {...spec, facet: facet("columns"), columns: wrapped, spec: panel}
}

const quiet = {actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: false}
let view, drawn, waiting = Promise.resolve()

// One after the other: charts that overtake each other would leave an old one standing.
function plot(rows, shown, candidates) {
  const spec = specification(rows, shown, candidates)
  const same = JSON.stringify(spec)
  waiting = waiting.then(async () => {
    if (same === drawn) return view.data("rows", rows).runAsync()
    view?.finalize()
    const made = await vegaEmbed(chart, {...spec, datasets: {rows}}, quiet)
    drawn = same
    view = made.view
    view.addEventListener("pointermove", (event, item) => hover(event, item?.datum?.i))
    view.addEventListener("pointerout", () => (tip.hidden = true))
    view.addEventListener("click", (event, item) => {
      if (item?.datum?.i !== undefined) choose(points[item.datum.i])
    })
  })
}

function hover(event, i) {
  tip.hidden = i === undefined
  if (tip.hidden) return
  const point = points[i]
  const shown = [...new Set([...AXES.map(axis => state[axis]).filter(measured), "test_accuracy"])]
  tip.replaceChildren(
    element("strong", {}, describe(point)),
    ...shown.filter(name => name in point.measured).map(name => element("div", {}, `${title(name)}: ${spread(point, name)}`)),
    element("div", {}, `${say("n")}: ${point.n}; ${say("diverged")}: ${share(point.diverged)}`),
  )
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)
  const above = event.clientY + 14 + tip.offsetHeight > innerHeight
  tip.style.left = `${Math.max(8, left)}px`
  tip.style.top = `${above ? event.clientY - tip.offsetHeight - 10 : event.clientY + 14}px`
}

// What sets a point apart from the others that pass.
function describe(point, among = ofExperiment(state)) {
  const varying = cellNames.filter(name => !PARTS.includes(name) && present(among, name).length > 1)
  const parts = varying.map(name => (ORDERED.includes(name) ? `${title(name)} ` : "") + label(name, point[name]))
  return [...parts, `${title("learning_rate")} ${label("learning_rate", point.learning_rate)}`].join(", ")
}

// Table ----------------------------------------------------------------------------------------------------------------

function listed(shown) {
  const varying = settings.filter(name => ![...PARTS, "policy", "learning_rate"].includes(name) && present(shown, name).length > 1)
  const chosen = [...new Set(AXES.map(axis => state[axis]).filter(measured))]
  return [...varying, "learning_rate", "policy", ...(chosen.length ? chosen : ["test_accuracy"]), "n", "diverged"]
}

const place = (point, column) => {
  if (measured(column)) return point.measured[column]?.centre ?? -Infinity
  if (column === "policy") return point.policies.length
  return settings.includes(column) ? GRID.settings[column].values.indexOf(point[column]) : point[column]
}

function cellText(point, column) {
  if (measured(column)) return spread(point, column)
  if (column === "diverged") return share(point.diverged)
  if (column === "n") return String(point.n)
  return column === "policy" ? point.policies.map(name => label("policy", name)).join(", ") || "–" : label(column, point[column])
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0) // a difference of infinities is no number

function fill(shown) {
  const columns = listed(shown)
  const by = state.sort.replace(/^-/, "")
  const down = state.sort.startsWith("-")
  const ordered = by ? shown.toSorted((a, b) => (down ? -1 : 1) * compare(place(a, by), place(b, by))) : shown
  const heads = columns.map(column => element("th",
    {scope: "col", "aria-sort": by === column ? (down ? "descending" : "ascending") : undefined},
    element("button", {type: "button", "data-column": column, onclick: () => {
      change({sort: by === column && !down ? `-${column}` : column})
      table.querySelector(`[data-column="${column}"]`).focus()
    }}, title(column) ?? say(column))))
  const rows = (everything ? ordered : ordered.slice(0, FEW)).map((point, i) => element("tr",
    {"data-point": point.i, "aria-current": key(point) === state.point ? "true" : undefined},
    ...columns.map((column, first) => first
      ? element("td", {}, cellText(point, column))
      : element("th", {scope: "row"}, element("button", {type: "button", tabindex: i ? "-1" : "0"}, cellText(point, column))))))
  table.replaceChildren(element("caption", {}, say("table")), element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows))
  more.hidden = everything || shown.length <= FEW
  more.textContent = say("show all", {n: shown.length})
}

// One stop for the whole table: arrows go from row to row, Enter shows the point.
table.addEventListener("click", event => {
  const row = event.target.closest("tbody tr")
  if (row) choose(points[row.dataset.point])
})
table.addEventListener("keydown", event => {
  const buttons = [...table.querySelectorAll("tbody button")]
  const here = buttons.indexOf(document.activeElement)
  const there = {ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: buttons.length - 1}[event.key]
  if (here < 0 || there === undefined || !buttons[there]) return
  event.preventDefault()
  buttons[here].tabIndex = -1
  buttons[there].tabIndex = 0
  buttons[there].focus()
})

// A point: its numbers, its learning curves, its command ------------------------------------------------------------------

function choose(point) {
  change({point: key(point)})
  details.scrollIntoView({block: "nearest"})
  details.querySelector("h3").focus()
}

let openView
function show() {
  const point = points.find(one => key(one) === state.point)
  details.hidden = !point
  if (!point || details.dataset.point === state.point) return
  details.dataset.point = state.point
  const facts = [...cellNames.filter(name => !PARTS.includes(name)), "learning_rate"].map(name => [title(name), label(name, point[name])])
  facts.push([title("policy"), cellText(point, "policy")], [say("n"), point.n], [say("diverged"), share(point.diverged)])
  facts.push(...Object.keys(point.measured).map(name => [title(name), spread(point, name)]))
  const command = `snakemake --cores 1 --force results/${words.study}/runs/${point.path}.parquet --config study=${words.file}`
  const plotted = element("div", {class: "explorer-chart", role: "img", "aria-label": say("curves of", {point: describe(point)})})
  details.replaceChildren(
    element("h3", {id: "explorer-point", tabindex: "-1"}, describe(point)),
    element("p", {}, say("curves text")),
    element("div", {class: "explorer-box explorer-scroll", role: "region", tabindex: "0", "aria-label": say("curves")}, plotted),
    element("dl", {class: "explorer-facts"}, ...facts.map(([term, text]) =>
      element("div", {}, element("dt", {}, term), element("dd", {}, String(text))))),
    ...(words.file === null ? [] : [ // another workflow handed the study over: no command knows it
      element("p", {}, say("command")),
      element("pre", {class: "explorer-command", tabindex: "0"}, element("code", {}, command)),
    ]),
    element("button", {type: "button", class: "md-button", onclick: () => change({point: ""})}, say("close")),
  )
  learn(point, plotted)
}

let fetching
function curves() {
  fetching ??= new Promise((resolve, reject) => {
    document.head.append(element("script", {src: root.dataset.curves, onload: () => resolve(CURVES), onerror: reject}))
  })
  return fetching
}

async function learn(point, plotted) {
  const found = (await curves())[point.i]
  if (state.point !== key(point)) return
  if (!found) return plotted.replaceChildren(say("no curves"))
  const [epochs, ...rest] = found
  const part = i => epochs.map((epoch, at) => [epoch, ...rest.slice(3 * i, 3 * i + 3).map(column => column[at])])
  const rows = [["train", 0, 2], ["test", 1, 3]].flatMap(([name, accuracy, loss]) => {
    const losses = part(loss)
    return part(accuracy).map(([epoch, median, low, high], at) => ({
      epochs: epoch, part: say(name), accuracy: 100 * median, accuracy_low: 100 * low, accuracy_high: 100 * high,
      loss: losses[at][1], loss_low: losses[at][2], loss_high: losses[at][3],
    }))
  }).filter(row => row.loss > 0)
  const spec = structuredClone(GRID.charts.curves)
  const width = plotted.clientWidth || 600
  spec.columns = width > 620 ? 2 : 1
  const titles = [say("accuracy axis"), say("loss axis")]
  spec.concat.forEach((panel, i) => {
    panel.width = Math.max(140, width / spec.columns - 90)
    panel.height = 220
    for (const {encoding} of panel.layer) {
      Object.assign(encoding.x, {title: say("epochs")})
      Object.assign(encoding.y, {title: titles[i]})
      for (const channel of ["color", "fill", "strokeDash"]) if (encoding[channel]) Object.assign(encoding[channel], {title: say("samples"), sort: [say("train"), say("test")]})
    }
  })
  openView?.finalize()
  openView = (await vegaEmbed(plotted, {...spec, datasets: {rows}}, quiet)).view
}

// All together ---------------------------------------------------------------------------------------------------------

function draw() {
  const candidates = ofExperiment(state)
  const shown = candidates.filter(point => passes(point, state))
  const rows = rowsOf(shown)
  const lost = shown.length - new Set(rows.map(row => row.i)).size
  for (const axis of AXES) document.getElementById(`explorer-${axis}`).value = state[axis]
  document.getElementById("explorer-experiment").value = state.experiment
  offer(candidates)
  status.textContent = say("shown", {n: shown.length, all: points.length})
    + (shown.length ? "" : ` ${say("nothing")}`) + (lost ? ` ${say("off the chart", {n: lost})}` : "")
  chart.setAttribute("aria-label", say("chart of", {y: title(state.y), x: title(state.x), n: rows.length}))
  plot(rows, shown, candidates)
  fill(shown)
  if (state.point) show()
  else {
    details.hidden = true
    delete details.dataset.point
  }
}

function follow() {
  const asked = read(location.hash.slice(1))
  notice.textContent = asked ? "" : say("unknown address")
  state = asked ?? defaults()
  draw()
}

root.replaceChildren(notice, axes, filters, element("div", {class: "explorer-row"}, status, reset), chartBox, details, tableBox, more, tip)
addEventListener("hashchange", follow)
let width = chartBox.clientWidth
new ResizeObserver(() => {
  if (Math.abs(chartBox.clientWidth - width) < 2) return
  width = chartBox.clientWidth
  draw()
}).observe(chartBox)
follow()
}
