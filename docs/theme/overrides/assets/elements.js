// What the scripts of several pages need in order to build what they show.
;(() => {
  /** Fill in the {names} of a text. @param {string} text @param {Record<string, unknown>} values */
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))

  function append(parent, node, text, attributes) {
    node.append(text)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    parent.append(node)
    return node
  }

  /** Return a function that appends an element, with attributes and text, to its `parent`, which is `host` by default. */
  const elementAdder =
    host =>
    (tag, {parent = host, text = "", ...attributes} = {}) =>
      append(parent, document.createElement(tag), text, attributes)

  /** Append an SVG element. */
  const addShape = (parent, tag, attributes, text = "") =>
    append(parent, document.createElementNS("http://www.w3.org/2000/svg", tag), text, attributes)

  function filled(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
      else if (value === true) node.setAttribute(name, "")
      else if (value !== false && value !== undefined) node.setAttribute(name, value)
    }
    node.append(...children)
    return node
  }

  /** Return an element. Attributes that start with "on" are listeners; false and undefined ones are left out. */
  const element = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children)

  /** Return an element of SVG. */
  const shape = (tag, attributes = {}, ...children) =>
    filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children)

  /** Return a table with a caption, heads, and rows of texts or elements, the first of which is the head of its row. */
  const table = (attributes, caption, heads, rows) =>
    element(
      "table",
      attributes,
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...heads.map(head => element("th", {scope: "col"}, head)))),
      element(
        "tbody",
        {},
        ...rows.map(([first, ...others]) =>
          element("tr", {}, element("th", {scope: "row"}, first), ...others.map(cell => element("td", {}, cell))),
        ),
      ),
    )

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
  const signed = (/** @type {string} */ text) => text.replace("-", "−")

  /** Return a number with a few significant digits, as `significant` of report/wording/formatting.py does. */
  function significant(/** @type {number} */ number, digits = 3) {
    if (Number.isNaN(number)) return "–"
    if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞"
    if (number === 0) return "0"
    const size = Math.abs(number)
    if (size < 1e-4 || size >= 1e7) {
      const [mantissa, exponent] = number.toExponential(digits - 1).split("e")
      const raised = exponent
        .replace("+", "")
        .replace("-", "⁻")
        .replace(/\d/g, digit => SUPERSCRIPTS[Number(digit)])
      return signed(`${mantissa} × 10${raised}`)
    }
    const rounded = Number(number.toPrecision(digits))
    const places = Math.max(digits - 1 - Math.floor(Math.log10(Math.abs(rounded))), 0)
    return signed(rounded.toLocaleString("en", {minimumFractionDigits: places, maximumFractionDigits: places}))
  }

  /** Return the term of the phrase for an interval, by which of its ends are finite; null if it is a point at infinity. */
  function intervalTerm(low, high) {
    if (low === high && !Number.isFinite(low)) return null
    if (Number.isFinite(low)) return Number.isFinite(high) ? "interval" : "interval from"
    return Number.isFinite(high) ? "interval to" : "interval without ends"
  }

  /**
   * Return an effect and the ends of its interval as texts for a sentence, as `sized` of report/pages/estimates.py does: a
   * ratio below 1 is inverted, and said to be in the opposite direction, unless it hardly differs from 1.
   * @param {{estimate: number | null, low: number | null, high: number | null}} numbers
   * @param {number} smallest @param {boolean} isLog2
   * @param {(number: number) => string} amount @param {(text: string) => string} withUnit
   * @param {Record<string, any>} words tiny, about, opposite, claimed, never, missing
   */
  function effectTexts(numbers, smallest, isLog2, amount, withUnit, words) {
    let [estimate, low, high] = [numbers.estimate, numbers.low, numbers.high].map(number => number ?? Number.NaN)
    const isTiny = Math.abs(estimate) < words.tiny * smallest
    const isOpposite = isLog2 && !isTiny && estimate < 0
    if (isOpposite) [estimate, low, high] = [-estimate, -high, -low]
    const isAbout = isTiny && !(isLog2 && Number.isFinite(low) && Number.isFinite(high))
    const size = isAbout ? words.about.replace("{}", isLog2 ? "1" : "0") : amount(estimate)
    let effect = Number.isNaN(estimate) ? words.missing : withUnit(size)
    if (isOpposite) effect = words.opposite.replace("{}", effect)
    if (Math.abs(estimate) === Number.POSITIVE_INFINITY) effect = words.never.replace("{}", effect)
    const start = isOpposite && low < 0 ? words.claimed.replace("{}", amount(-low)) : amount(low)
    return {effect, low: start, high: amount(high), interval: intervalTerm(low, high)}
  }

  /** Return about five round numbers between two numbers; of logarithms whole ones, if they are far apart. */
  function ticks(/** @type {number} */ low, /** @type {number} */ high, isLog2 = false) {
    const rough = (high - low) / 5
    const power = 10 ** Math.floor(Math.log10(rough))
    const round = power * [1, 2, 5, 10].find(size => size * power >= rough)
    const step = isLog2 && high - low > 2 ? Math.ceil(rough) : round
    const first = Math.ceil(low / step)
    return Array.from({length: Math.floor(high / step) - first + 1}, (_, i) =>
      Number(((first + i) * step).toPrecision(6)),
    )
  }

  const short = number => signed(`${Number(number.toPrecision(3))}`)

  /** Return the text of a tick: that of a binary logarithm is a factor. */
  function tickText(/** @type {number} */ tick, isLog2 = false) {
    if (!isLog2) return short(tick)
    return tick < 0 ? `1/${short(2 ** -tick)}` : short(2 ** tick)
  }

  const scripts = new Map()

  /** Load a script once. If that fails, it can be tried again. */
  function loadScript(source) {
    if (!scripts.has(source)) {
      const loading = new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), {src: source})
        script.addEventListener("load", resolve)
        script.addEventListener("error", () => reject(new Error(source)))
        document.head.append(script)
      })
      scripts.set(source, loading)
      loading.catch(() => scripts.delete(source))
    }
    return scripts.get(source)
  }

  /** Return the value of JSON that is compressed by zlib, in base64. */
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json()
  }

  globalThis.elements = {
    fill,
    element,
    shape,
    table,
    signed,
    significant,
    intervalTerm,
    effectTexts,
    ticks,
    tickText,
    elementAdder,
    addShape,
    loadScript,
    unpack,
  }
})()
