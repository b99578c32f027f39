// The question to a reader's table: what the table seems to answer, what an address asks, and the command that asks the same.
;(() => {
  const {numberOf, settingsOf} = globalThis.judgeTable
  const METRIC = /acc|score|return|reward|loss|err|f1|auc|bleu|mse|mae|perplexity|metric/i
  const ARM = /arm|method|algo|agent|model|optimi|variant|system/i
  const BASELINE = /base|control|default|old|reference|vanilla/i
  const MOST_CHOICES = 60 // values of a column that menus offer

  const valuesOf = column => settingsOf(column).values
  const metricsOf = ({columns}) => columns.filter(({cells}) => cells.some(cell => Number.isFinite(numberOf(cell))))
  const pairsOf = ({columns, rows}) =>
    columns.filter(({cells}) => new Set(cells).size > 1 && 2 * new Set(cells).size <= rows)
  const choicesOf = data => pairsOf(data).filter(column => valuesOf(column).length <= MOST_CHOICES)

  /** Return the question that a table seems to answer, without the smallest effect, which only a reader knows. */
  function recognise(data, {fold, lengths, lower, own, results, seed}) {
    const best = (items, score) => items.reduce((a, b) => (score(b) > score(a) ? b : a), items[0])
    const isSetting = ({raw, plain}) => !own.test(plain) && !results.test(raw) && !lengths.test(plain)
    const isPair = ({plain}) => fold.test(plain) || seed.test(plain)
    const metric = best(metricsOf(data), column => {
      const isResult = results.test(column.raw) || METRIC.test(column.plain)
      return (isResult ? 2 : 0) + (isSetting(column) ? 1 : 0) + valuesOf(column).length / data.rows
    })
    const settings = choicesOf(data).filter(each => each !== metric && isSetting(each) && !isPair(each))
    const column = best(settings, each => (ARM.test(each.plain) ? 2 : 0) + (settingsOf(each).isNumeric ? 0 : 1))
    const [first = "", second = ""] = column ? valuesOf(column) : []
    const [better, other] = BASELINE.test(first) ? [second, first] : [first, second]
    const shared = pairsOf(data).filter(isPair)
    const pair = shared.some(({plain}) => fold.test(plain)) ? shared : shared.slice(0, 1)
    // Where rows of one arm share a pair, further settings tell them apart.
    const keys = [column, ...pair].filter(Boolean)
    const isRepeated = () => {
      const rows = keys[0]?.cells.map((_, row) => keys.map(({cells}) => cells[row]).join("\0"))
      return new Set(rows).size < data.rows
    }
    const contexts = settings.filter(each => {
      if (each === column || !pair.length || !isRepeated()) return false
      keys.push(each)
      return true
    })
    const names = columns => columns.map(({name}) => name)
    const asked = {metric: metric?.name ?? "", column: column?.name ?? "", better, other, effect: "", failed: ""}
    return {...asked, lower: lower.test(asked.metric), pair: names(pair), contexts: names(contexts)}
  }

  /** Return what an address asks of a table, as far as the table has it. */
  function questionOf(wanted, {columns}) {
    const named = name => columns.find(column => column.name === wanted.get(name))
    if (!named("metric")) return {}
    const values = named("column") ? valuesOf(named("column")) : []
    const isKnown = {metric: true, column: named("column"), effect: true, failed: true}
    const texts = Object.keys(isKnown).filter(name => isKnown[name])
    const arms = ["better", "other"].filter(name => values.includes(wanted.get(name)))
    const lists = ["pair", "contexts"].map(list => {
      return [list, wanted.getAll(list).filter(name => columns.some(column => column.name === name))]
    })
    const asked = [...texts, ...arms].map(name => [name, wanted.get(name) ?? ""])
    return Object.fromEntries([...asked, ...lists, ["lower", wanted.get("lower") === "true"]])
  }

  /** Return the address of a question. */
  function addressOf({pair, contexts, ...others}, example) {
    const lists = Object.entries({pair, contexts}).flatMap(([name, values]) => values.map(value => [name, value]))
    const entries = [["example", example ?? ""], ...Object.entries(others), ...lists]
    return `#${new URLSearchParams(entries.filter(([, value]) => value !== ""))}`
  }

  /** Return the command that asks a question of a file. where: Condition by column. */
  function commandOf({metric, lower, column, better, other, pair, contexts, effect, failed}, file, where, rules) {
    const item = text => (/[",\n\r]|^\s/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    const quoted = text => (/^[\w.,:=@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
    const list = items => items.map(item).join(",")
    const parts = [
      ["metric", metric],
      (lower || rules.lower.test(metric)) && [lower ? "lower-is-better" : "higher-is-better"],
      ["compare", `${column}=${list([better, other])}`],
      pair.length ? ["pair", list(pair)] : ["unpaired"],
      contexts.length > 0 && ["contexts", list(contexts)],
      ...Object.entries(where).map(([name, value]) => ["where", `${name}=${value}`]),
      ["smallest-effect", effect],
      failed && ["failed", failed],
    ].filter(Boolean)
    const lines = parts.map(([name, value]) => `--${name}${value === undefined ? "" : ` ${quoted(value)}`}`)
    return [`ontrial judge ${quoted(file)}`, ...lines].join(" \\\n    ")
  }

  globalThis.judgeQuestion = {
    MOST_CHOICES,
    valuesOf,
    metricsOf,
    pairsOf,
    choicesOf,
    recognise,
    questionOf,
    addressOf,
    commandOf,
  }
})()
