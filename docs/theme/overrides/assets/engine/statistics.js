// Estimates, intervals and outcomes, as ontrial_judge/core/statistics.py and samples.py compute them: functions of numbers alone.
globalThis.engine ??= {}
;(engine => {
  const TOLERANCE = 1e-4 // share of the smallest effect by which equal effects may differ
  const MANY = 200 // numbers of which the bootstrap is not needed
  const RESAMPLES = 1999
  const [SKEWED, TWO_PEAKS] = [0.7, 1.6]
  const FAR = 6 // robust standard deviations from the median of an arm beyond which a run has ended far from the rest
  const [FEWEST, FEW, CAUTION] = [10, 25, 60] // numbers whose mean is judged alone: see samples.py

  const ascending = numbers => Float64Array.from(numbers).sort()
  const [BELOW, ABOVE] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const unbounded = estimate => ({estimate, low: BELOW, high: ABOVE})

  /** Return the median of ascending numbers. */
  function median(sorted) {
    const n = sorted.length
    return (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2
  }

  /** Return a function that keeps its values by its arguments. */
  function kept(compute) {
    const known = new Map()
    return (...key) => {
      const text = String(key)
      if (!known.has(text)) known.set(text, compute(...key))
      return known.get(text)
    }
  }

  // Moments, with the last digit of NumPy, which adds in pairs ---------------------------------------------------------

  function sum(x, from = 0, to = x.length) {
    const n = to - from
    if (n > 128) {
      const middle = from + (n >> 1) - ((n >> 1) % 8)
      return sum(x, from, middle) + sum(x, middle, to)
    }
    let total = 0
    let i = from
    if (n >= 8) {
      const lanes = Array.from({length: 8}, (_, lane) => x[from + lane])
      for (i += 8; i + 8 <= to; i += 8) for (let lane = 0; lane < 8; lane++) lanes[lane] += x[i + lane]
      const [a, b, c, d, e, f, g, h] = lanes
      total = a + b + (c + d) + (e + f + (g + h))
    }
    for (; i < to; i++) total += x[i]
    return total
  }

  const meanOf = x => sum(x) / x.length
  const centred = (x, mean = meanOf(x)) => x.map(each => each - mean)
  const variance = (x, freedom = x.length - 1) => sum(centred(x).map(r => r * r)) / freedom

  /** Return skewness and kurtosis: those of symmetric and of normal numbers where all are equal. */
  function shape(x) {
    const rest = centred(x)
    const spread = meanOf(rest.map(r => r * r))
    const moment = power => meanOf(rest.map(r => r ** power)) / spread ** (power / 2)
    const isSpread = spread > (1e-12 * Math.max(...x.map(Math.abs))) ** 2 // more than the rounding of equal numbers
    return isSpread ? {skewness: moment(3), kurtosis: moment(4)} : {skewness: 0, kurtosis: 3}
  }

  const hasTwoPeaks = x => shape(x).kurtosis < TWO_PEAKS
  const isUneven = x => hasTwoPeaks(x) || Math.abs(shape(x).skewness) > SKEWED * Math.sqrt(6 / x.length)

  // Quantiles ----------------------------------------------------------------------------------------------------------

  /** Return Γ(x + ½) / Γ(x), by its asymptotic series for a larger x. */
  function gammaRatio(x) {
    let factor = 1
    for (; x < 32; x++) factor *= x / (x + 0.5)
    const exponent = -1 / (8 * x) + 1 / (192 * x ** 3) - 1 / (640 * x ** 5) + 17 / (14336 * x ** 7)
    return factor * Math.sqrt(x) * Math.exp(exponent)
  }

  /** Return a quantile above ½ of Student's distribution, by Newton's method from below. */
  const quantile = kept((p, freedom) => {
    const height = gammaRatio(freedom / 2) / Math.sqrt(Math.PI * freedom)
    for (let t = 0, i = 0; ; i++) {
      const density = height * Math.exp(-((freedom + 1) / 2) * Math.log1p(t * (t / freedom)))
      let series = 1 // of P(0 < T < t) / (t · density), whose terms are positive
      for (let k = 0, term = 1; term * (1 + (t * t) / freedom) > 1e-17 * series; k++) {
        term *= ((freedom + 1 + 2 * k) / (3 + 2 * k)) * ((t * t) / (freedom + t * t))
        series += term
      }
      const step = (p - 0.5 - t * density * series) / density
      t += step
      if (step <= 1e-16 * t || i > 500) return t
    }
  })

  // Ranks --------------------------------------------------------------------------------------------------------------

  /** Return P(T ≤ t), t = 0, 1, …, of Wilcoxon's signed-rank statistic of n numbers. */
  const signedRanks = kept(n => {
    let probabilities = new Float64Array([1])
    for (let rank = 1; rank <= n; rank++) {
      const next = new Float64Array(probabilities.length + rank)
      for (let t = 0; t < probabilities.length; t++) {
        next[t] += probabilities[t] / 2
        next[t + rank] += probabilities[t] / 2
      }
      probabilities = next
    }
    return cumulated(probabilities, 1)
  })

  /** Return P(U ≤ u), u = 0, 1, … up to the middle, of the statistic of Mann and Whitney: see rank_sum_distribution. */
  const rankSums = kept((m, n) => {
    if (m > n) return rankSums(n, m)
    const orders = new Float64Array(((m * n) >> 1) + 1)
    orders[0] = 1
    let all = 1
    for (let i = 1; i <= m; i++) {
      for (let u = orders.length - 1; u >= n + i; u--) orders[u] -= orders[u - n - i]
      for (let u = i; u < orders.length; u++) orders[u] += orders[u - i]
      all *= (n + i) / i
    }
    return cumulated(orders, Math.round(all))
  })

  function cumulated(numbers, whole) {
    let total = 0
    return numbers.map(number => {
      total += number
      return total / whole
    })
  }

  /** Return the rank of the lower end of an interval, from 1; 0 for none. */
  const rankOf = (distribution, level) => {
    const beyond = distribution.findIndex(probability => probability > (1 - level) / 2)
    return beyond < 0 ? distribution.length : beyond
  }
  /** Return the rank-th smallest and the rank-th largest of ascending numbers; no ends if there is none. */
  const endsOf = (sorted, rank) => (rank ? {low: sorted[rank - 1], high: sorted[sorted.length - rank]} : unbounded(0))

  /** Return the interval of sums. That of −∞ and +∞ may be anything. */
  function between(sums, rank) {
    const [lowest, highest] = [BELOW, ABOVE].map(end => ascending(sums.map(each => (Number.isNaN(each) ? end : each))))
    const estimate = median(lowest) === median(highest) ? median(lowest) : Number.NaN
    return {estimate, low: endsOf(lowest, rank).low, high: endsOf(highest, rank).high}
  }

  /** Return the Hodges–Lehmann estimate and the exact signed-rank interval. */
  function signedRankInterval(sample, level) {
    const averages = sample.flatMap((x, i) => sample.slice(i).map(y => (x + y) / 2))
    return between(averages, rankOf(signedRanks(sample.length), level))
  }

  /** Return the Hodges–Lehmann estimate of a shift, and the exact interval of Mann and Whitney. */
  function rankSumInterval(of, other, level) {
    const differences = of.flatMap(x => other.map(y => x - y))
    return between(differences, rankOf(rankSums(of.length, other.length), level))
  }

  /** Return the median, and the interval between two order statistics by the binomial distribution. */
  function medianInterval(sample, level) {
    const ordered = ascending(sample)
    const n = sample.length
    let rank = 0
    let logarithm = -n * Math.LN2 // of P(`rank` of the numbers are below the median)
    for (let below = Math.exp(logarithm); below <= (1 - level) / 2; below += Math.exp(logarithm)) {
      rank++
      logarithm += Math.log((n - rank + 1) / rank)
    }
    return {...endsOf(ordered, rank), estimate: median(ordered)}
  }

  // Means --------------------------------------------------------------------------------------------------------------

  const around = (estimate, half) => ({estimate, low: estimate - half, high: estimate + half})

  /** Return how often each of n numbers is in each resample. Draws are the same for the same n, here and in Python. */
  const resamples = kept(n => {
    const random = new engine.Generator(n)
    return Array.from({length: RESAMPLES}, () => random.multinomial(n))
  })

  /** Return the mean of a sample, or the difference of the means of two, and the studentised bootstrap interval. */
  function bootstrapInterval(samples, level) {
    const parts = samples.map((sample, i) => {
      const n = sample.length
      const rest = centred(sample)
      const squares = rest.map(r => r * r)
      return {n, rest, squares, sign: i ? -1 : 1, least: 1e-12 * meanOf(squares), counts: resamples(n)}
    })
    const estimate = samples.reduce((total, sample, i) => total + (i ? -1 : 1) * meanOf(sample), 0)
    const error = Math.sqrt(samples.reduce((total, sample) => total + variance(sample) / sample.length, 0))
    const drawn = Array.from({length: RESAMPLES}, (_, r) => {
      let [moved, spread] = [0, 0]
      for (const {n, rest, squares, sign, least, counts} of parts) {
        let [mean, square] = [0, 0]
        for (let i = 0; i < n; i++) {
          mean += counts[r][i] * rest[i]
          square += counts[r][i] * squares[i]
        }
        square = Math.max(square / n - (mean / n) ** 2, 0)
        moved += (sign * mean) / n
        spread += square < least ? 0 : square / (n - 1)
      }
      const t = moved / Math.sqrt(spread)
      return Number.isNaN(t) ? 0 : t
    })
    const t = ascending(drawn)
    const rank = Math.max(Math.floor(((1 - level) / 2) * (RESAMPLES + 1)), 1)
    return {estimate, low: estimate - t[RESAMPLES - rank] * error, high: estimate - t[rank - 1] * error}
  }

  /**
   * Return the mean of differences, or the difference of the means of two arms, and its interval: see `Mean` in samples.py.
   * overlap: Share of the data that each test part has, if the differences are of folds. alone: Whether nothing else decides.
   */
  function meanInterval(arms, level, overlap = 0, alone = false) {
    const p = (1 + level) / 2
    const [n, most] = [Math.min(...arms.map(arm => arm.length)), Math.max(...arms.map(arm => arm.length))]
    const [first, second] = arms.map(arm => variance(arm, Math.max(arm.length - 1, 1)) / arm.length)
    let own = unbounded(meanOf(arms[0]) - (arms[1] ? meanOf(arms[1]) : 0))
    if (arms.length === 1 && n > 1) {
      const half =
        ((quantile(p, n - 1) * Math.sqrt(variance(arms[0]))) / Math.sqrt(n)) *
        Math.sqrt(1 + (n * overlap) / (1 - overlap))
      own = around(own.estimate, half)
    } else if (arms.length === 2 && n > 1) {
      const [a, b] = arms.map(arm => arm.length - 1)
      const freedom = first + second > 0 ? (first + second) ** 2 / (first ** 2 / a + second ** 2 / b) : a + b
      own = around(own.estimate, quantile(p, freedom) * Math.sqrt(first + second))
    }
    if (own.high - own.low <= 1e-9 * Math.abs(own.estimate)) own = unbounded(own.estimate) // equal numbers show no spread
    if (overlap || !(alone || arms.some(isUneven))) return own
    if (alone && n < FEWEST) return unbounded(own.estimate)
    const error = ((1 - level) * n) / (n + CAUTION) // of few numbers, the bootstrap errs too often itself
    const found = most > MANY ? own : hull([own, bootstrapInterval(arms, 1 - error)])
    for (const [i, arm] of alone ? arms.entries() : []) {
      const tail = isUneven(arm) && arm.length < FEW ? (i ? -1 : 1) * shape(arm).skewness : 0
      const [below, above] = isUnseen(arm, arms[1 - i], 1 - level)
      if (tail < 0 || (i ? above : below)) found.low = BELOW
      if (tail > 0 || (i ? below : above)) found.high = ABOVE
    }
    return found
  }

  /** Return how far numbers are above their median, and FAR of their robust standard deviations. */
  function fromTheRest(values) {
    const centre = median(ascending(values))
    const away = values.map(value => value - centre)
    return {away, limit: FAR * 1.4826 * median(ascending(away.map(Math.abs)))}
  }

  /** Return whether an arm may have runs far below, and far above, as a larger other one has, unseen: see samples.py. */
  function isUnseen(arm, other, error) {
    if (arm.length >= (other?.length ?? 0)) return [false, false]
    const far = values => {
      const {away, limit} = fromTheRest(values)
      return [-1, 1].map(sign => away.filter(distance => sign * distance > limit).length)
    }
    const [own, seen] = [far(arm), far(other)]
    const mayMiss = share => (1 - share) ** arm.length > error / 2
    return own.map((count, side) => count === 0 && seen[side] > 0 && mayMiss(seen[side] / other.length))
  }

  // Outcomes -----------------------------------------------------------------------------------------------------------

  /** Return the estimate of the first interval, and the smallest interval that contains all. */
  const hull = intervals => ({
    estimate: intervals[0].estimate,
    low: Math.min(...intervals.map(each => each.low)),
    high: Math.max(...intervals.map(each => each.high)),
  })

  /** Return the outcome that follows from intervals at 1 − alpha and at 1 − 2 alpha: see `outcomes` in statistics.py. */
  function outcomeOf({low, high}, equivalence, smallestEffect, claimed = "more") {
    const least = (1 - TOLERANCE) * smallestEffect
    const isNegligible = equivalence.low > -least && equivalence.high < least
    if (claimed === "equal") return isNegligible ? "equal" : low >= least || high <= -least ? "apart" : "undecided"
    if (claimed === "at_most") return high < least ? "within" : low >= least ? "beyond" : "undecided"
    if (low >= least) return "positive"
    if (isNegligible) return "negligible"
    if (high <= -least) return "reversed"
    return high < least ? "below" : "undecided"
  }

  Object.assign(engine, {fromTheRest, ascending, median, meanOf, variance, hasTwoPeaks, isUneven, hull, outcomeOf})
  Object.assign(engine, {signedRankInterval, rankSumInterval, medianInterval, meanInterval})
})(globalThis.engine)
