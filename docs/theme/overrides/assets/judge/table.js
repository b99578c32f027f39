// A reader's table of runs as CSV, its columns and their values. What is refused has a reason, a term of docs/words.yaml.
;(() => {
  const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i
  const INFINITE = /^\s*[+-]?inf(?:inity)?\s*$/i
  const EFFECT = /^(factor )?(\d{1,9}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,2})?)( points?)?$/
  const NESTED = ["config", "params", "summary", "summary_metrics", "metrics"] // columns that hold several

  /** What a table or a question lacks: a term of the page's texts, with the values of its gaps. */
  class Refusal extends Error {
    constructor(term, values = {}) {
      super(term)
      Object.assign(this, {term, values})
    }
  }

  const refuseIf = (is, term, values) => {
    if (is) throw new Refusal(term, values)
  }

  const numberOf = text =>
    NUMBER.test(text)
      ? Number(text)
      : INFINITE.test(text)
        ? (text.includes("-") ? -1 : 1) * Number.POSITIVE_INFINITY
        : Number.NaN
  /** Return the patterns of names and states as Python uses them: a length is one as a whole. */
  function patterns(rules) {
    const made = Object.entries(rules).map(([name, [pattern, flags]]) => {
      return [name, new RegExp(["lengths", "summary"].includes(name) ? `^(?:${pattern})$` : pattern, flags)]
    })
    return Object.fromEntries(made)
  }

  /** Return the table of a CSV text. limits: Most rows, columns and cells. rules: Patterns of names of columns. */
  function read(text, limits, rules) {
    text = text.replace(/^\uFEFF?[\r\n]*/, "")
    refuseIf(/^\s*[{[]/.test(text), "no CSV")
    refuseIf(!text.trim(), "no rows")
    const first = text.slice(0, text.search(/[\r\n]|$/))
    const mark = first.includes(",") ? "," : (["\t", ";"].find(each => first.includes(each)) ?? ",")
    const cell = new RegExp(
      `(?:"([^"]*(?:""[^"]*)*)"|((?:[^"${mark}\\r\\n][^${mark}\\r\\n]*)?))(${mark}|\\r\\n|[\\r\\n]|$)`,
      "y",
    )
    let names = null
    let columns = []
    let rows = 0
    for (let row = []; ; ) {
      const match = cell.exec(text)
      refuseIf(!match, "quotes", {row: rows + 1})
      row.push(match[1]?.replaceAll('""', '"') ?? match[2])
      if (match[3] === mark) continue
      if (row.length > 1 || row[0]) {
        if (names) {
          rows++
          refuseIf(row.length !== names.length, "row length", {row: rows, count: row.length, head: names.length})
          refuseIf(rows > limits.rows || rows * names.length > limits.cells, "too long", limits)
          for (const [i, text] of row.entries()) columns[i].push(text)
        } else {
          names = row
          refuseIf(names.length > limits.columns, "too long", limits)
          const named = names.filter(Boolean)
          refuseIf(new Set(named).size < named.length, "twice", {
            name: named.find((name, i) => named.indexOf(name) < i),
          })
          refuseIf(
            names.some(name => NESTED.includes(name)),
            "nested",
          )
          columns = names.map(() => [])
        }
      }
      row = []
      if (!match[3]) break
    }
    refuseIf(!rows, "no rows")
    const plain = names.map(name => name.replace(rules.prefix, ""))
    const isPlain = i => plain.indexOf(plain[i]) === plain.lastIndexOf(plain[i])
    return {
      rows,
      columns: names.map((raw, i) => ({raw, plain: plain[i], name: isPlain(i) ? plain[i] : raw, cells: columns[i]})),
    }
  }

  /** Return the distinct settings of a column in their order, which is that of numbers if all are: see `_plain`. */
  function settingsOf(column) {
    if (column.settings) return column.settings
    const values = [...new Set(column.cells)].filter(Boolean)
    const numbers = values.map(numberOf)
    const isNumeric = numbers.every(each => Math.abs(each) < 2 ** 53) && new Set(numbers).size === numbers.length
    const compare = isNumeric ? (a, b) => a - b : (a, b) => (a < b ? -1 : a > b ? 1 : 0)
    column.settings = {compare, isNumeric, values: values.sort(compare)}
    return column.settings
  }

  /** Return the smallest effect of a text, with its unit. */
  function effectOf(text) {
    const [, factor, digits, points] = EFFECT.exec(text) ?? []
    const unit = factor ? "log2" : points ? "points" : "number"
    const size = factor ? Math.log2(Number(digits)) : Number(digits)
    refuseIf(!(size > 0) || (factor && points) || (points && size > 100), "no effect")
    return {unit, size}
  }

  /** Refuse rows that have the name of a mean, a sum or the like where the others have a number. */
  function requireNoSummaries({columns}, chosen, pair, rules) {
    for (const {name, cells} of [...pair, ...columns.filter(({plain}) => plain.toLowerCase() === "seed")]) {
      const known = chosen.map(({row}) => ({row: row + 1, value: cells[row].trim()})).filter(({value}) => value)
      const found = known.filter(({value}) => rules.summary.test(value))
      const others = known.filter(({value}) => !rules.summary.test(value))
      const values = [...new Set(found.map(({value}) => value))].join(", ")
      const rows = found.map(({row}) => row)
      const isMixed = found.length && others.every(({value}) => !Number.isNaN(numberOf(value)))
      refuseIf(isMixed, "summary", {rows: rows.slice(0, 5).join(", "), name, values})
    }
  }

  globalThis.judgeTable = {Refusal, refuseIf, patterns, numberOf, read, settingsOf, effectOf, requireNoSummaries}
})()
