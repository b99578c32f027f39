// The runs of a question in a reader's table, as table_rows.py, table_checks.py and table_contexts.py of ontrial/judge take
// them. What the command would refuse or ask about is refused here, too.
;(() => {
  const {ascending, median} = engine
  const {contextOf} = globalThis.judgeVerdict
  const {refuseIf, numberOf, settingsOf, effectOf, requireNoSummaries} = globalThis.judgeTable
  const EMPTY = ["", "nan", "na", "n/a", "null", "none"]
  const STATES = ["state", "status", "exit_code", "exitcode"]
  const [SHORT, SCALE, MOST_VALUES, MOST_FOLDS, QUANTILE] = [0.5, 20, 10, 20, 2.326]

  const isEmpty = text => EMPTY.includes(text.trim().toLowerCase())
  const distinct = values => [...new Set(values)]
  const keyOf = values => values.join("\0")

  /** Return groups of items by a key, in the order of their first ones. */
  function groupsOf(items, key) {
    const groups = new Map()
    for (const item of items) {
      const name = key(item)
      if (groups.has(name)) groups.get(name).push(item)
      else groups.set(name, [item])
    }
    return groups
  }

  const spelling = text => {
    const number = numberOf(text)
    return Number.isNaN(number) ? text.trim().toLowerCase() : String(number)
  }

  /** Return the first group of items with an equal key that has several; undefined without any. */
  const repeated = (items, key) => [...groupsOf(items, key).values()].find(group => group.length > 1)
  const rowsText = (runs = []) =>
    runs
      .slice(0, 5)
      .map(({row}) => row + 1)
      .join(", ")

  /**
   * Return the evidence of a table on a question: its contexts, and what readers would stumble over.
   * question: {metric, lower, column, better, other, pair, contexts, effect, failed}, of which pair and contexts are lists.
   */
  function measure(table, question, rules, mostContexts) {
    const named = name => table.columns.find(column => column.name === name)
    const used = [question.metric, question.column, ...question.contexts, ...question.pair].map(named)
    const [metric, column, ...keys] = used
    const {unit, size} = effectOf(question.effect)
    const arms = [question.better, question.other]
    const others = settingsOf(column).values.filter(value => !arms.includes(value))
    const alike = others.filter(value => arms.map(spelling).includes(spelling(value)))
    refuseIf(alike.length, "spelled", {name: column.name, values: alike.join(", ")})
    const chosen = column.cells.flatMap((value, row) => {
      const run = {row, arm: arms.indexOf(value), keys: keys.map(({cells}) => cells[row]), text: metric.cells[row]}
      return run.arm < 0 ? [] : [run]
    })
    for (const [i, key] of keys.entries()) {
      const lacking = chosen.find(run => !run.keys[i])
      refuseIf(lacking, "empty", {row: lacking?.row + 1, name: key.name})
    }
    const rest = table.columns.filter(each => !used.includes(each))
    const unused = {chosen, rest, depth: question.contexts.length, arms}
    requireRuns(unused, question)
    requireNoSummaries(table, chosen, keys.slice(unused.depth), rules)
    const {runs, own, lacking, isShare, dropped} = numbered(unused, question, unit, rules)
    const found = question.pair.length
      ? paired(runs, keys, unused, rules)
      : {kept: withBothArms(runs, keys, unused), overlap: 0, incomplete: []}
    const {kept, overlap, incomplete} = found
    const contextKey = run => keyOf(run.keys.slice(0, unused.depth))
    const groups = [...groupsOf(kept.runs, contextKey).values()]
    refuseIf(groups.length > mostContexts, "contexts many", {most: mostContexts})
    const sides = question.lower ? [1, 0] : [0, 1]
    const design = {isPaired: question.pair.length > 0, isRatio: unit === "log2", overlap, smallest: size}
    const contexts = groups
      .sort(([a], [b]) => compareKeys(keys.slice(0, unused.depth))(a, b))
      .map(group => {
        const settings = Object.fromEntries(question.contexts.map((name, i) => [name, group[0].keys[i]]))
        const failures = lacking.filter(run => contextKey(run) === contextKey(group[0]))
        const armsOf = sides.map(side => {
          const [own, failedOf] = [group, failures].map(each => each.filter(({arm}) => arm === side))
          const numbers = own.map(({number}) => number)
          return {value: arms[side], numbers, failed: own.map(({failed}) => failed), failures: failedOf.length}
        })
        return contextOf(settings, armsOf, design)
      })
    const areEqual = contexts.every(({equal, compared}) => equal === compared)
    refuseIf(areEqual, "all equal")
    const few = contexts.filter(each => each.few)
    refuseIf(few.length === contexts.length, question.pair.length ? "few pairs" : "few runs", {
      n: Math.max(...few.map(({n}) => n)),
    })
    const skipped = [
      ...kept.skipped,
      ...few.map(({settings, n}) => ({place: placeOf(Object.values(settings), keys), n})),
    ]
    const judged = contexts.filter(each => !each.few)
    const hasMany = judged.some(({many}) => many)
    refuseIf(hasMany, "many")
    const short = shortRuns({...unused, chosen: own}, rules)
    const left = {differing: differing(unused, question.pair.length > 0, rules), skipped, incomplete, dropped}
    return {contexts: judged, unit, smallest: size, isShare, overlap, short, ...left}
  }

  /** Return the name of a context, or of a pair. */
  const placeOf = (values, keys) => values.map((value, i) => `${keys[i].name}=${value}`).join("; ")

  /** Return the order of runs by their keys. */
  const compareKeys = keys => (a, b) => {
    for (const [i, key] of keys.entries()) {
      const [one, other] = [a.keys[i], b.keys[i]]
      if (one !== other) return settingsOf(key).compare(one, other)
    }
    return 0
  }

  /** Refuse rows that are steps of one run, and without pairs rows that are copies. */
  function requireRuns({chosen, rest, depth}, {pair}) {
    const id = rest.find(({raw}) => raw === "run_id")
    const known = id ? chosen.filter(({row}) => !isEmpty(id.cells[row])) : []
    const steps = repeated(known, ({row, arm, keys}) => keyOf([arm, ...keys, id.cells[row]]))
    refuseIf(steps, "steps", {rows: rowsText(steps)})
    if (pair.length) return
    const varied = rest.filter(({cells}) => new Set(chosen.map(({row}) => cells[row])).size > 1)
    const same =
      varied.length &&
      repeated(chosen, ({row, arm, keys, text}) => keyOf([arm, ...keys, text, ...varied.map(({cells}) => cells[row])]))
    refuseIf(same, "copies", {rows: rowsText(same || [])})
    for (const {cells} of varied.filter(({plain}) => plain.toLowerCase() === "seed")) {
      const seeds = repeated(chosen, ({row, arm, keys}) => keyOf([arm, ...keys.slice(0, depth), cells[row]]))
      refuseIf(seeds, "seeds", {rows: rowsText(seeds)})
    }
  }

  /** Return runs with the numbers that they count as, and whether these are shares of 1: see `with_numbers`. */
  function numbered({chosen, rest, arms, depth}, {metric: name, failed, lower}, unit, rules) {
    const states = rest.filter(({plain}) => STATES.includes(plain.toLowerCase()))
    const all = chosen.map(run => {
      const number = numberOf(run.text)
      const hasFailed = states.some(({cells}) => rules.bad.test(cells[run.row].trim()))
      return {...run, number, failed: hasFailed || !Number.isFinite(number)}
    })
    const wrong = all.find(({number, text}) => Number.isNaN(number) && !isEmpty(text))
    refuseIf(wrong, "no number", {row: wrong?.row + 1, name, text: wrong?.text})
    const lacking = all.filter(run => run.failed)
    const [rule, digits] = failed.split("=")
    const substitute = numberOf(digits ?? "")
    refuseIf(lacking.length && !rule, "failures", {count: lacking.length, rows: rowsText(lacking)})
    refuseIf(rule === "worst" && !Number.isFinite(substitute), "no worst")
    const own = all.filter(run => !run.failed)
    const numbers = own.map(({number}) => number)
    const isPoints = unit === "points"
    const isShare = isPoints && !numbers.some(number => number > 1)
    refuseIf(isPoints && numbers.some(number => number < 0 || number > 100), "no points", {name})
    refuseIf(isShare && lower, "share or per cent", {name})
    if (rule === "worst") {
      const worse = numbers.filter(number => (lower ? number > substitute : number < substitute)).length
      refuseIf(!numbers.length || 2 * worse > numbers.length, "good worst", {worse, count: numbers.length})
      refuseIf(isPoints && (substitute < 0 || substitute > 100), "no points", {name})
    }
    const runs = (rule === "drop" ? own : all).map(run => ({
      ...run,
      number: (isShare ? 100 : 1) * (run.failed ? substitute : run.number),
    }))
    for (const [i, value] of arms.entries()) refuseIf(!runs.some(({arm}) => arm === i), "no run", {value})
    refuseIf(unit === "log2" && runs.some(({number}) => !(number > 0)), "no factor", {name})
    requireOneScale(own, depth, isPoints, name)
    const countOf = (runs, side) => runs.filter(({arm}) => arm === side).length
    const counts = arms.map((value, side) => ({value, total: countOf(all, side), failed: countOf(lacking, side)}))
    const dropped = rule === "drop" && lacking.length ? counts : []
    return {runs, own, lacking, isShare, dropped}
  }

  /** Refuse arms, contexts or runs whose numbers are in different units by their size: see `require_one_scale`. */
  function requireOneScale(own, depth, isPoints, name) {
    const groups = [...groupsOf(own, ({keys}) => keyOf(keys.slice(0, depth))).values()]
    const mixed = groups.filter(group => {
      const sizes = [0, 1].map(side => group.filter(({arm}) => arm === side).map(({number}) => Math.abs(number)))
      if (!sizes.every(({length}) => length) || !group.every(({number}) => number > 0)) return false
      const ends = sizes.map(each => [extreme(Math.min, each), extreme(Math.max, each)])
      const [low, high] = ends.sort(([, a], [, b]) => a - b)
      return high[0] >= SCALE * low[1]
    })
    // an arm may be far better in a few contexts, but has one unit in all
    refuseIf(mixed.length && (isPoints || 2 * mixed.length > groups.length), "scale", {name})
    if (!isPoints) return
    const ranges = groups.map(group => group.map(({number}) => number))
    const isLow = range => extreme(Math.max, range) <= 1
    refuseIf(ranges.some(isLow) && ranges.some(range => extreme(Math.min, range) > 1), "scale", {name})
    const below = own.map(({number}) => number).filter(number => number > 0 && number <= 1)
    const above = own.map(({number}) => number).filter(number => number > 1)
    refuseIf(below.length && above.length && 200 * median(ascending(below)) >= extreme(Math.min, above), "scale", {
      name,
    })
  }

  const extreme = (choose, numbers) => numbers.reduce((found, each) => choose(found, each))

  /** Return the runs of contexts that have both arms, in a pair if there are pairs, and what the other contexts lack. */
  function withBothArms(runs, keys, {depth, arms}) {
    const hasBoth = group => group.some(({arm}) => arm) && group.some(({arm}) => !arm)
    const groups = [...groupsOf(runs, run => keyOf(run.keys.slice(0, depth))).values()]
    const isKept = group => [...groupsOf(group, run => keyOf(run.keys)).values()].some(hasBoth)
    refuseIf(!groups.some(isKept), "no pair at all")
    const lacking = groups.filter(group => !isKept(group)).sort(([a], [b]) => compareKeys(keys.slice(0, depth))(a, b))
    const skipped = lacking.map(group => ({
      place: placeOf(group[0].keys.slice(0, depth), keys),
      missing: arms.find((_, i) => !group.some(({arm}) => arm === i)),
    }))
    const kept = new Set(groups.filter(isKept).flat())
    return {runs: runs.filter(run => kept.has(run)), skipped}
  }

  /** Return the runs of complete pairs in the order of the pairs, the share of a fold, and the pairs that lack a run. */
  function paired(runs, keys, unused, rules) {
    const {depth, arms} = unused
    const kept = withBothArms(runs, keys, unused)
    const pairKeys = keys.slice(depth)
    const pairOf = run => keyOf(run.keys.slice(depth))
    const names = pairKeys.map(({name}) => name)
    const numberOfValues = (i, among) => new Set(among.map(run => run.keys[depth + i])).size
    const constant = names.find((_, i) => numberOfValues(i, kept.runs) === 1)
    refuseIf(constant !== undefined, "constant", {name: constant})
    const pairs = groupsOf(kept.runs, pairOf)
    refuseIf(pairs.size === kept.runs.length, "unique", {name: names.join(", ")})
    const several = repeated(kept.runs, run => keyOf([...run.keys, run.arm]))
    refuseIf(several, "several", {rows: rowsText(several)})
    const groups = [...groupsOf(kept.runs, run => keyOf(run.keys)).values()]
    const inOrder = fits => groups.filter(fits).flat().sort(compareKeys(keys))
    const alone = inOrder(({length}) => length < 2)
    const complete = inOrder(({length}) => length > 1)
    const fold = names.findIndex(name => rules.fold.test(name))
    const folds = fold < 0 ? 0 : numberOfValues(fold, kept.runs)
    refuseIf(folds > 1 && (/split/i.test(names[fold]) || folds > MOST_FOLDS), "folds", {name: names[fold]})
    const whole = new Set(complete.map(pairOf)).size
    const few = names.filter((_, i) => 2 * numberOfValues(i, complete) <= whole)
    const has = (rule, among = names) => among.some(name => rule.test(name))
    const isNumbered = !has(rules.seed, few) && has(rules.group) && has(rules.item) // test items of each group
    refuseIf(names.length > 1 && fold < 0 && few.length && !isNumbered, "few seeds")
    const incomplete = alone.map(run => ({place: placeOf(run.keys, keys), missing: arms[1 - run.arm]}))
    return {kept: {...kept, runs: complete}, overlap: folds > 1 ? 1 / folds : 0, incomplete}
  }

  /** Return further columns in which the arms differ, with the values of each arm: see `differing` in table_checks.py. */
  function differing({chosen, rest, arms}, isPaired, rules) {
    return rest.flatMap(({raw, plain, cells}) => {
      if (STATES.includes(plain.toLowerCase()) || rules.own.test(plain) || rules.results.test(raw)) return []
      const ofArm = arms.map((_, side) => chosen.filter(({arm}) => arm === side).map(({row}) => cells[row]))
      const values = ofArm.map(distinct)
      if (!values.every((each, i) => each.length <= MOST_VALUES && 2 * each.length <= ofArm[i].length)) return []
      const repeats = values.every((each, i) =>
        each.every(value => value.toLowerCase().includes(arms[i].toLowerCase())),
      )
      if (repeats) return []
      const isSame = values[0].length === values[1].length && values[0].every(value => values[1].includes(value))
      if (!isSame) return [{name: plain, values}]
      const isText = cells.some(value => !isEmpty(value) && Number.isNaN(numberOf(value)))
      if (!isText && !rules.settings.test(raw)) return []
      const counts = ofArm.map(each => values[0].map(value => each.filter(one => one === value).length))
      if (!(isPaired && isMixed(chosen, cells)) && !isNoChance(counts)) return []
      return [{name: plain, values: counts.map(each => each.map((n, i) => `${values[0][i]} × ${n}`))}]
    })
  }

  /** Return whether the runs of most pairs differ in a column. */
  function isMixed(chosen, cells) {
    const pairs = [...groupsOf(chosen, ({keys}) => keyOf(keys)).values()].filter(pair => pair.length > 1)
    return 2 * pairs.filter(pair => distinct(pair.map(({row}) => cells[row])).length > 1).length > pairs.length
  }

  /** Return whether two arms have some values in other shares than by chance: see `_is_no_chance`. */
  function isNoChance(counts) {
    const freedom = counts[0].length - 1
    if (freedom < 1) return false
    const sums = counts.map(each => each.reduce((sum, n) => sum + n, 0))
    const statistic = counts[0].reduce((sum, n, i) => {
      const both = n + counts[1][i]
      const parts = counts.map((each, side) => {
        const expected = (both * sums[side]) / (sums[0] + sums[1])
        return (each[i] - expected) ** 2 / expected
      })
      return sum + parts[0] + parts[1]
    }, 0)
    return statistic > freedom * (1 - 2 / (9 * freedom) + QUANTILE * Math.sqrt(2 / (9 * freedom))) ** 3
  }

  /** Return the columns of steps or epochs in which a few runs are much shorter than the others, with their number. */
  function shortRuns({chosen, rest}, rules) {
    return rest.flatMap(({plain, cells}) => {
      if (!rules.lengths.test(plain)) return []
      const lengths = chosen.map(({row}) => numberOf(cells[row])).filter(length => !Number.isNaN(length))
      const typical = lengths.length ? median(ascending(lengths)) : Number.NaN
      const count = lengths.filter(length => length < SHORT * typical).length
      return count > 0 && 2 * count < chosen.length ? [{name: plain, number: count}] : []
    })
  }

  globalThis.judgeRows = {measure}
})()
