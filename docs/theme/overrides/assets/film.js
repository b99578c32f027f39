// The training film. A film is a file of weights after some of the epochs (see ontrial/report/figures/film.py). This script
// computes the outputs of those networks on a grid over the plane, so that frames are exact and files are small.
;(() => {
  const SIDE = 65 // points along each side of the grid
  const PAUSE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 180 // milliseconds per frame

  // Networks: the same formulas as in ontrial/nn ---------------------------------------------------------------------

  const sigmoid = z => 1 / (1 + Math.exp(-z))
  const ACTIVATIONS = {
    identity: z => z,
    sigmoid,
    tanh: Math.tanh,
    relu: z => Math.max(z, 0),
    leaky_relu: z => Math.max(z, 0.01 * z),
    elu: z => (z > 0 ? z : Math.expm1(z)),
    gelu: z => z * normal(z),
    silu: z => z * sigmoid(z),
    softplus: z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  }

  // The normal distribution function, to seven digits. Source: Abramowitz & Stegun 7.1.26.
  function normal(z) {
    const x = Math.abs(z) / Math.SQRT2
    const t = 1 / (1 + 0.3275911 * x)
    const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    const tail = (sum * Math.exp(-x * x)) / 2
    return z < 0 ? tail : 1 - tail
  }

  const numbers = text => new Float32Array(Uint8Array.from(atob(text), character => character.charCodeAt(0)).buffer)

  // The output of every layer for points (n × 2, flat): arrays of n × n_out. The last is p of the second class, n × 1.
  function outputs(arm, weights, points) {
    const last = arm.layers.length - 2
    const layers = []
    let a = points
    let start = 0 // of the layer's weights
    for (let layer = 0; layer <= last; layer++) {
      const [n_in, n_out] = arm.layers.slice(layer, layer + 2)
      const W = weights.subarray(start, start + n_in * n_out)
      const b = weights.subarray(start + n_in * n_out, start + (n_in + 1) * n_out)
      start += (n_in + 1) * n_out
      const activation = layer < last ? ACTIVATIONS[arm.activation] : z => z
      const rows = a.length / n_in
      const output = new Float32Array(rows * n_out)
      for (let row = 0; row < rows; row++)
        for (let j = 0; j < n_out; j++) {
          let z = b[j]
          for (let i = 0; i < n_in; i++) z += a[row * n_in + i] * W[i * n_out + j]
          output[row * n_out + j] = activation(z)
        }
      layers.push(output)
      a = output
    }
    layers.push(arm.output === "softmax" ? softmax(layers.pop()) : layers.pop().map(sigmoid))
    return layers
  }

  // p of the second class, for two classes.
  const softmax = z => Float32Array.from({length: z.length / 2}, (_, row) => sigmoid(z[2 * row + 1] - z[2 * row]))

  globalThis.filmNetworks = {ACTIVATIONS, numbers, outputs}

  // The page ---------------------------------------------------------------------------------------------------------

  const host = document.querySelector(".film")
  if (!host) return
  const {folder} = host.dataset
  const films = JSON.parse(host.dataset.films)
  const words = JSON.parse(host.dataset.words)
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])

  function addElement(tag, {parent = host, text = "", ...attributes} = {}) {
    const node = document.createElement(tag)
    node.append(text)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    parent.append(node)
    return node
  }

  function addShape(tag, attributes, parent, text = "") {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    node.append(text)
    parent.append(node)
    return node
  }

  const bar = addElement("div", {class: "film-bar"})
  const filmSelect = addElement("select", {parent: addElement("label", {parent: bar, text: `${words.film} `})})
  for (const film of films) addElement("option", {parent: filmSelect, value: film.id, text: film.title})
  const buttons = addElement("div", {class: "film-buttons", parent: bar})
  const backButton = addElement("button", {parent: buttons, type: "button", "aria-label": words.previous, text: "◂"})
  const playButton = addElement("button", {parent: buttons, type: "button"})
  const forwardButton = addElement("button", {parent: buttons, type: "button", "aria-label": words.next, text: "▸"})
  const slider = addElement("input", {parent: bar, type: "range", min: 0, value: 0, "aria-label": words.epoch})
  const clock = addElement("output", {parent: bar, class: "film-clock"})
  const notice = addElement("p", {class: "film-notice", role: "status"})
  const stage = addElement("div", {class: "film-stage", tabindex: 0, role: "group", "aria-label": words.keys})
  const screens = [0, 1].map(number => {
    const parent = addElement("div", {class: "film-arm", parent: stage})
    const heading = addElement("p", {parent, class: `film-name film-line-${number + 1}`})
    const plane = addElement("canvas", {parent, role: "img", class: "film-plane"})
    const facts = addElement("p", {parent, class: "film-facts"})
    const units = addElement("div", {parent, class: "film-units"})
    return {heading, plane, facts, units}
  })
  const pointValues = addElement("p", {class: "film-pointed", text: words.point})
  const charts = addElement("div", {class: "film-charts"})
  const sharedSettings = addElement("p", {class: "film-shared"})
  const announcement = addElement("p", {class: "film-told", role: "status"})

  // A frame ----------------------------------------------------------------------------------------------------------

  const state = {film: null, frame: 0, timer: 0, saveTimer: 0, requested: null, cursors: [], point: null}
  let colours

  function readColours() {
    const style = getComputedStyle(host)
    const rgb = name =>
      style
        .getPropertyValue(name)
        .match(/[\da-f]{2}/gi)
        .map(part => parseInt(part, 16))
    colours = {first: rgb("--film-first"), second: rgb("--film-second"), paper: rgb("--film-paper")}
    colours.ink = style.getPropertyValue("--film-ink")
    colours.muted = style.getPropertyValue("--film-muted")
  }

  // Draw the values of a grid into a square of a canvas: −1 is the first colour, 0 is paper, 1 is the second colour.
  function shade(context, values, strength, x, y, size) {
    const grid = Object.assign(document.createElement("canvas"), {width: SIDE, height: SIDE})
    const image = grid.getContext("2d").createImageData(SIDE, SIDE)
    for (let point = 0; point < values.length; point++) {
      const share = strength * Math.abs(values[point])
      const colour = values[point] < 0 ? colours.first : colours.second
      for (let c = 0; c < 3; c++) image.data[4 * point + c] = colours.paper[c] + share * (colour[c] - colours.paper[c])
      image.data[4 * point + 3] = 255
    }
    grid.getContext("2d").putImageData(image, 0, 0)
    context.drawImage(grid, 0.5, 0.5, SIDE - 1, SIDE - 1, x, y, size, size)
  }

  // Give a canvas the resolution of the screen, and return its context in CSS pixels.
  function canvasContext(canvas, width, height) {
    const scale = devicePixelRatio
    canvas.width = width * scale
    canvas.height = height * scale
    const context = canvas.getContext("2d")
    context.scale(scale, scale)
    return context
  }

  // The points of the grid (x, y, x, y, …), row by row from the top.
  function gridPoints([low, high]) {
    const at = i => low + ((high - low) * i) / (SIDE - 1)
    return Float32Array.from({length: 2 * SIDE * SIDE}, (_, i) => {
      const point = i >> 1
      return i % 2 ? at(SIDE - 1 - Math.floor(point / SIDE)) : at(point % SIDE)
    })
  }

  function drawPlane(screen, arm) {
    const {weights, layers} = screen
    const size = screen.plane.clientWidth
    const context = canvasContext(screen.plane, size, size)
    const [low, high] = state.film.plane
    const x = value => ((value - low) / (high - low)) * size
    const y = value => size - x(value)
    const p = layers?.at(-1)
    context.fillStyle = `rgb(${colours.paper})`
    context.fillRect(0, 0, size, size)
    if (p) {
      shade(
        context,
        p.map(p => 2 * p - 1),
        0.5,
        0,
        0,
        size,
      )
      if (layers.length > 1) drawUnitLines(context, arm, weights, x, y)
      drawBoundary(context, p, size)
    }
    const {points, labels} = state.film
    const predicted = p && outputs(arm, weights, points).at(-1)
    for (let i = 0; i < labels.length; i++) {
      const [left, top] = [x(points[2 * i]), y(points[2 * i + 1])]
      context.beginPath()
      if (labels[i]) context.rect(left - 2.5, top - 2.5, 5, 5)
      else context.arc(left, top, 2.8, 0, 7)
      context.fillStyle = `rgb(${labels[i] ? colours.second : colours.first})`
      context.fill()
      if (predicted && predicted[i] > 0.5 !== labels[i] > 0) {
        context.strokeStyle = colours.ink
        context.lineWidth = 1.5
        context.stroke()
      }
    }
    if (state.point) {
      const [left, top] = [x(state.point[0]), y(state.point[1])]
      context.strokeStyle = colours.ink
      context.lineWidth = 1
      context.strokeRect(left - 5, top - 5, 10, 10)
    }
  }

  // Draw the line w·x + b = 0 of each unit of the first hidden layer.
  function drawUnitLines(context, arm, weights, x, y) {
    const n = arm.layers[1]
    const reach = 4 * (state.film.plane[1] - state.film.plane[0])
    context.strokeStyle = colours.muted
    context.lineWidth = 1
    context.setLineDash([4, 3])
    for (let unit = 0; unit < n; unit++) {
      const [w1, w2, b] = [weights[unit], weights[n + unit], weights[2 * n + unit]]
      const square = w1 * w1 + w2 * w2
      if (!square) continue
      const [nearX, nearY] = [(-b * w1) / square, (-b * w2) / square]
      const length = reach / Math.sqrt(square)
      context.beginPath()
      context.moveTo(x(nearX - w2 * length), y(nearY + w1 * length))
      context.lineTo(x(nearX + w2 * length), y(nearY - w1 * length))
      context.stroke()
    }
    context.setLineDash([])
  }

  // Draw where p = ½, by marching squares: in each square of the grid, a line joins the edges that p = ½ crosses.
  function drawBoundary(context, p, size) {
    const step = size / (SIDE - 1)
    context.beginPath()
    for (let row = 0; row < SIDE - 1; row++)
      for (let column = 0; column < SIDE - 1; column++) {
        const corners = [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ]
        const values = corners.map(([i, j]) => p[(row + j) * SIDE + column + i] - 0.5)
        const crossed = []
        for (let edge = 0; edge < 4; edge++) {
          const [one, other] = [values[edge], values[(edge + 1) % 4]]
          if (one > 0 === other > 0) continue
          const share = one / (one - other)
          const [[i, j], [k, l]] = [corners[edge], corners[(edge + 1) % 4]]
          crossed.push([(column + i + share * (k - i)) * step, (row + j + share * (l - j)) * step])
        }
        for (let end = 0; end + 1 < crossed.length; end += 2) {
          context.moveTo(...crossed[end])
          context.lineTo(...crossed[end + 1])
        }
      }
    context.strokeStyle = colours.ink
    context.lineWidth = 2.2
    context.lineCap = "round"
    context.stroke()
  }

  // Draw the output of each hidden unit over the plane, one canvas per layer, relative to the largest of its layer.
  function drawUnits(screen, arm) {
    const {layers} = screen
    const hidden = layers ? layers.slice(0, -1) : []
    screen.units.hidden = !hidden.length
    while (screen.units.children.length > hidden.length) screen.units.lastChild.remove()
    while (screen.units.children.length < hidden.length) addElement("canvas", {parent: screen.units, role: "img"})
    hidden.forEach((a, layer) => {
      const n = arm.layers[layer + 1]
      const perRow = Math.min(n, 8)
      const width = screen.units.clientWidth
      const size = Math.min(width / 8, 44)
      const context = canvasContext(screen.units.children[layer], perRow * size, Math.ceil(n / perRow) * size)
      const largest = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1
      let silent = 0
      for (let unit = 0; unit < n; unit++) {
        const values = Float32Array.from({length: SIDE * SIDE}, (_, point) => a[point * n + unit] / largest)
        const [left, top] = [(unit % perRow) * size, Math.floor(unit / perRow) * size]
        shade(context, values, 1, left, top, size - 3)
        context.strokeStyle = colours.muted
        context.strokeRect(left + 0.5, top + 0.5, size - 4, size - 4)
        if (values.some(Boolean)) continue
        silent += 1
        context.beginPath()
        context.moveTo(left, top)
        context.lineTo(left + size - 3, top + size - 3)
        context.stroke()
      }
      const canvas = screen.units.children[layer]
      canvas.style.width = `${perRow * size}px`
      canvas.setAttribute("aria-label", fill(words.units, {layer: layer + 1, n, silent}))
    })
  }

  const percent = share => fill(words.percent, {value: (100 * share).toFixed(1)})
  const epoch = () => state.film.epochs[state.frame]

  // The frame of an arm. After it diverged, that is its last one, which has no weights.
  const frameOf = arm => Math.min(state.frame, arm.weights.length - 1)

  function facts(arm) {
    const frame = frameOf(arm)
    if (!arm.weights[frame]) return words.diverged
    const parts = [
      fill(words.accuracy, {value: percent(arm.test_accuracy[frame])}),
      fill(words.loss, {value: arm.train_loss[frame].toPrecision(3)}),
    ]
    if (arm.dead_units[frame] !== null) parts.push(fill(words.dead, {value: percent(arm.dead_units[frame])}))
    return parts.join(" · ")
  }

  function show() {
    const {film} = state
    film.arms.forEach((arm, number) => {
      const screen = screens[number]
      screen.weights = arm.weights[frameOf(arm)]
      screen.layers = screen.weights && outputs(arm, screen.weights, film.grid)
      drawPlane(screen, arm)
      drawUnits(screen, arm)
      screen.facts.textContent = facts(arm)
      const picture = fill(words.picture, {epoch: epoch()})
      screen.plane.setAttribute("aria-label", `${film.names[number]}. ${picture} ${facts(arm)}`)
    })
    slider.value = state.frame
    slider.setAttribute("aria-valuetext", fill(words.at, {epoch: epoch(), last: film.epochs.at(-1)}))
    clock.textContent = fill(words.at, {epoch: epoch(), last: film.epochs.at(-1)})
    for (const [cursor, x] of state.cursors) {
      cursor.setAttribute("x1", x(state.frame))
      cursor.setAttribute("x2", x(state.frame))
    }
    showPoint()
  }

  function setPoint(position) {
    state.point = position
    if (!state.film) return
    state.film.arms.forEach((arm, number) => {
      drawPlane(screens[number], arm)
    })
    showPoint()
  }

  // Announce the frame to screen readers, only when a film stops and not with every frame.
  function announce() {
    const arms = state.film.arms.map((arm, number) => `${state.film.names[number]}: ${facts(arm)}`)
    announcement.textContent = `${fill(words.said, {epoch: epoch()})} ${arms.join("; ")}.`
  }

  function showPoint() {
    if (!state.point) {
      pointValues.textContent = words.point
      return
    }
    const values = state.film.arms.map((arm, number) => {
      const {weights} = screens[number]
      const p = weights && outputs(arm, weights, Float32Array.from(state.point)).at(-1)[0]
      return `${state.film.names[number]} ${weights ? p.toFixed(4) : "–"}`
    })
    const [x, y] = state.point.map(value => value.toFixed(2))
    pointValues.textContent = fill(words.pointed, {x, y, values: values.join(" · ")})
  }

  // Curves -----------------------------------------------------------------------------------------------------------

  const WIDTH = 340
  const HEIGHT = 150
  const LEFT = 46
  const BOTTOM = 24
  const TOP = 22

  function drawCharts() {
    const {film} = state
    const losses = film.arms.flatMap(arm => arm.train_loss).filter(loss => loss > 0)
    const decades = [Math.floor(Math.log10(Math.min(...losses))), Math.ceil(Math.log10(Math.max(...losses)))]
    const step = Math.ceil((decades[1] - decades[0]) / 4)
    const marks = []
    for (let power = decades[0]; power <= decades[1]; power += step)
      marks.push([power, Math.abs(power) < 4 ? 10 ** power : `1e${power}`])
    charts.replaceChildren()
    state.cursors = [
      chart(words.loss_chart, "train_loss", Math.log10, decades, marks),
      chart(
        words.accuracy_chart,
        "test_accuracy",
        share => share,
        [0, 1],
        [
          [0, "0"],
          [0.5, "50"],
          [1, "100"],
        ],
      ),
    ]
  }

  function chart(title, measure, scale, [low, high], marks) {
    const {film} = state
    const viewBox = `0 0 ${WIDTH} ${HEIGHT}`
    const svg = addShape("svg", {viewBox, role: "img", "aria-label": `${title}. ${words.curves}`}, charts)
    const x = frame => LEFT + ((WIDTH - LEFT - 12) * frame) / Math.max(film.epochs.length - 1, 1)
    const y = value => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (value - low)) / (high - low || 1)
    addShape("text", {x: 0, y: 12, class: "film-title"}, svg, title)
    for (const [value, text] of marks) {
      addShape("line", {x1: LEFT, x2: WIDTH - 12, y1: y(value), y2: y(value), class: "film-rule"}, svg)
      addShape("text", {x: LEFT - 5, y: y(value) + 4, "text-anchor": "end"}, svg, text)
    }
    const last = film.epochs.length - 1
    for (const frame of new Set([0, 1, 2, 3].map(third => Math.round((third * last) / 3))))
      addShape("text", {x: x(frame), y: HEIGHT - 7, "text-anchor": "middle"}, svg, film.epochs[frame])
    const cursor = addShape("line", {y1: TOP, y2: HEIGHT - BOTTOM, class: "film-cursor"}, svg)
    film.arms.forEach((arm, number) => {
      const points = arm[measure].flatMap((value, frame) => (value === null ? [] : [`${x(frame)},${y(scale(value))}`]))
      addShape("polyline", {points: points.join(" "), class: `film-line-${number + 1}`}, svg)
    })
    return [cursor, x]
  }

  // Moving -----------------------------------------------------------------------------------------------------------

  function go(frame) {
    state.frame = Math.max(0, Math.min(frame, state.film.epochs.length - 1))
    show()
    if (!state.timer) announce()
  }

  // Keep the frame in the address, after a delay: browsers limit how often it may change.
  function saveAddress() {
    clearTimeout(state.saveTimer)
    const address = `#film=${state.film.id}&epoch=${epoch()}`
    state.saveTimer = setTimeout(() => history.replaceState(null, "", address), 200)
  }

  function run() {
    const last = state.film.epochs.length - 1
    state.timer = setInterval(() => (state.frame < last ? go(state.frame + 1) : stop()), PAUSE)
    playButton.textContent = words.pause
    if (state.frame === last) go(0)
  }

  function stop() {
    clearInterval(state.timer)
    state.timer = 0
    playButton.textContent = words.play
    announce()
    saveAddress()
  }

  function jump(frame) {
    if (state.timer) stop()
    notice.textContent = ""
    go(frame)
    saveAddress()
  }

  const KEYS = {
    " ": () => (state.timer ? stop() : run()),
    ArrowLeft: () => jump(state.frame - 1),
    ArrowRight: () => jump(state.frame + 1),
    Home: () => jump(0),
    End: () => jump(Infinity),
  }

  // Loading ----------------------------------------------------------------------------------------------------------

  function load(id) {
    return new Promise((resolve, reject) => {
      if (Object.hasOwn(globalThis.films ?? {}, id)) return resolve(globalThis.films[id])
      const script = addElement("script", {parent: document.head, src: `${folder}film-${id}.js`})
      script.onload = () => resolve(globalThis.films[id])
      script.onerror = reject
    })
  }

  async function open(id, wantedEpoch, {message = "", save = true} = {}) {
    if (state.timer) stop()
    const entry = films.find(film => film.id === id)
    state.requested = id
    const raw = await load(id).catch(() => null)
    if (state.requested !== id) return // another film was chosen meanwhile
    if (!raw) {
      notice.textContent = fill(words.missing, {film: entry.title})
      return
    }
    const arms = raw.arms.map(arm => ({...arm, weights: arm.weights.map(text => text && numbers(text))}))
    state.film = {...raw, ...entry, arms, points: numbers(raw.points), grid: gridPoints(raw.plane)}
    state.point = null
    filmSelect.value = id
    slider.max = raw.epochs.length - 1
    screens.forEach((screen, number) => {
      screen.heading.textContent = entry.names[number]
    })
    sharedSettings.textContent = entry.shared
    drawCharts()
    const distances = raw.epochs.map(epoch => Math.abs(epoch - wantedEpoch))
    const frame = Number.isFinite(wantedEpoch) ? distances.indexOf(Math.min(...distances)) : 0
    if (raw.epochs[frame] !== wantedEpoch) message ||= fill(words.no_epoch, {epoch: raw.epochs[frame]})
    notice.textContent = message
    go(frame)
    if (save) saveAddress()
  }

  // Open the film and epoch of the address, or the first film with a message if it does not exist.
  function followAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1))
    if (!parameters.has("film")) return state.film || open(films[0].id, 0, {save: false})
    const id = parameters.get("film")
    const epochText = parameters.get("epoch") ?? "0"
    if (films.some(film => film.id === id)) return open(id, /^\d+$/.test(epochText) ? Number(epochText) : NaN)
    return open(films[0].id, 0, {message: fill(words.no_film, {film: id})})
  }

  // Events -----------------------------------------------------------------------------------------------------------

  playButton.textContent = words.play
  readColours()
  for (const [button, key] of [
    [playButton, " "],
    [backButton, "ArrowLeft"],
    [forwardButton, "ArrowRight"],
  ])
    button.addEventListener("click", () => state.film && KEYS[key]())
  slider.addEventListener("input", () => state.film && jump(Number(slider.value)))
  filmSelect.addEventListener("change", () => open(filmSelect.value, 0))
  host.addEventListener("keydown", event => {
    const handledByControl =
      event.key === " " ? event.target.matches("button, select") : event.target.matches("input, select")
    if (handledByControl || !(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey || !state.film)
      return
    event.preventDefault()
    KEYS[event.key]()
  })
  for (const {plane} of screens) {
    const pointAt = event => {
      if (!state.film) return
      const [low, high] = state.film.plane
      const at = (offset, size) => low + ((high - low) * offset) / size
      setPoint([at(event.offsetX, plane.clientWidth), at(plane.clientHeight - event.offsetY, plane.clientHeight)])
    }
    plane.addEventListener("pointermove", pointAt)
    plane.addEventListener("pointerdown", pointAt) // touch screens
    plane.addEventListener("pointerleave", () => setPoint(null))
  }
  for (const film of films) {
    const name = `${words.choose}: ${film.title}`
    const button = addElement("button", {type: "button", class: "film-choose", text: words.choose, "aria-label": name})
    document.getElementById(`film-${film.id}`)?.after(button)
    button.addEventListener("click", () => {
      open(film.id, 0)
      host.scrollIntoView()
      stage.focus({preventScroll: true})
    })
  }
  const redraw = () => {
    readColours()
    if (state.film) show()
  }
  new MutationObserver(redraw).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
  addEventListener("resize", redraw)
  addEventListener("hashchange", followAddress)
  followAddress()
})()
