// Numbers of readers' own runs, written as the pages of claims write those of the study.
;(() => {
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
  const signed = text => text.replace("-", "−")

  /** Return a number with a few significant digits, as `significant` of report/wording/formatting.py does. */
  function significant(number, digits = 3) {
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
    const {short, places} = shortened(number, digits)
    return signed(withPlaces(short, Math.max(places, 0)))
  }

  const withPlaces = (number, places) =>
    number.toLocaleString("en", {minimumFractionDigits: places, maximumFractionDigits: places})

  /** Return a number with at most some digits and no needless ones, as `exact` of report/wording/formatting.py. */
  function exact(number, digits = 4) {
    if (Math.abs(number) < 1e-4 || Math.abs(number) >= 1e7) return significant(number, digits).replace(/\.?0+(?= )/, "")
    const {short} = shortened(number, digits)
    return signed(Math.abs(short) < 10 ** digits ? `${short}` : count(short))
  }

  /** Return a number with some significant digits, as the format g of Python. */
  function general(number, digits) {
    const {short, places} = shortened(number, digits)
    const power = digits - 1 - places
    if (short === 0 || (power >= -4 && power < digits)) return `${short}`
    return short.toExponential().replace(/e([+-])(\d)$/, "e$10$2")
  }

  const count = number => number.toLocaleString("en")

  /** Return a number rounded to some decimal places, or to tens. A tie has an even last digit, as in Python. */
  function rounded(number, places) {
    if (places < 0) {
      const unit = 10 ** -places
      const size = Math.abs(number)
      const [whole, rest] = [Math.floor(size / unit), (size % unit) / unit]
      return Math.sign(number) * unit * (whole + (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? 1 : 0))
    }
    const text = number.toFixed(places)
    const isTie = new RegExp(`\\.\\d{${places}}50*$`).test(number.toFixed(Math.min(places + 40, 100)))
    if (!isTie || Number(text.at(-1)) % 2 === 0) return Number(text)
    return Number((Number(text) - Math.sign(number) * 10 ** -places).toFixed(places))
  }

  /** Return a number with some significant digits, and how many of them are behind the point. */
  function shortened(number, digits) {
    const rough = Number(number.toPrecision(digits))
    const places = rough === 0 ? 0 : digits - 1 - Math.floor(Math.log10(Math.abs(rough)))
    return {short: places > 50 ? rough : rounded(number, places), places} // toFixed ends at 100
  }

  /** Return the term for an interval, which depends on its finite ends; null if it is a point at infinity. */
  function intervalTerm(low, high) {
    if (low === high && !Number.isFinite(low)) return null
    if (Number.isFinite(low)) return Number.isFinite(high) ? "interval" : "interval from"
    return Number.isFinite(high) ? "interval to" : "interval without ends"
  }

  const decimals = (number, places = 1) => signed(withPlaces(rounded(number, places) + 0, places))

  /** Return a number without its unit, as report/pages/claims/estimates.py does. */
  function amount(number, unit) {
    if (number === null || Number.isNaN(number)) return "–"
    if (unit === "log2") return number === Number.NEGATIVE_INFINITY ? "1/∞" : significant(2 ** number)
    return ["points", "octaves"].includes(unit) && Number.isFinite(number) ? decimals(number) : significant(number)
  }

  /**
   * Return an effect and the ends of its interval as texts for a sentence, as `sized` of report/pages/claims/estimates.py does:
   * a ratio below 1 is inverted, and said to be in the opposite direction, unless it hardly differs from 1.
   * @param {{estimate: number | null, low: number | null, high: number | null}} numbers
   * @param {string} unit @param {number} smallest the smallest effect of interest
   * @param {(text: string) => string} withUnit @param {Record<string, any>} words tiny, about, opposite, claimed, never, missing
   */
  function effectTexts(numbers, unit, smallest, withUnit, words) {
    const isLog2 = unit === "log2"
    let [estimate, low, high] = [numbers.estimate, numbers.low, numbers.high].map(number => number ?? Number.NaN)
    const isTiny = Math.abs(estimate) < words.tiny * smallest
    const isOpposite = isLog2 && !isTiny && estimate < 0 && words.opposite !== null
    if (isOpposite) [estimate, low, high] = [-estimate, -high, -low]
    const isAbout = isTiny && !(isLog2 && Number.isFinite(low) && Number.isFinite(high))
    const size = isAbout ? words.about.replace("{}", isLog2 ? "1" : "0") : amount(estimate, unit)
    let effect = Number.isNaN(estimate) ? words.missing : withUnit(size)
    if (isOpposite) effect = words.opposite.replace("{}", effect)
    if (Math.abs(estimate) === Number.POSITIVE_INFINITY) effect = words.never.replace("{}", effect)
    const start = isOpposite && low < 0 ? words.claimed.replace("{}", amount(-low, unit)) : amount(low, unit)
    return {effect, low: start, high: amount(high, unit), interval: intervalTerm(low, high)}
  }

  /**
   * Return the ends of an axis that shows all finite numbers, and the function that places a number on it. Infinite
   * numbers are placed at its ends.
   * left, right: Ends of the axis in a drawing.
   */
  function axisOf(numbers, left, right) {
    const finite = numbers.filter(Number.isFinite)
    const [first, last] = [Math.min(...finite), Math.max(...finite)]
    const margin = 0.06 * (last - first) || 1
    const [low, high] = [first - margin, last + margin]
    const x = number => left + ((Math.min(Math.max(number, low), high) - low) / (high - low)) * (right - left)
    return {low, high, x}
  }

  /** Return about five round numbers between two numbers. Logarithms that are far apart have whole numbers. */
  function ticks(low, high, isLog2 = false) {
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

  /** Return the text of a tick, which is a factor for a binary logarithm. */
  function tickText(tick, isLog2 = false) {
    if (!isLog2) return short(tick)
    return tick < 0 ? `1/${short(2 ** -tick)}` : short(2 ** tick)
  }

  globalThis.numbers = {
    signed,
    significant,
    exact,
    general,
    count,
    decimals,
    amount,
    intervalTerm,
    effectTexts,
    axisOf,
    ticks,
    tickText,
  }
})()
