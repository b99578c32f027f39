// The result of a reader's guesses: scores beside those of others, calibration, and the claims that fooled the reader.
;(() => {
  const {element, shape, table} = globalThis.elements
  const {score, baselines} = globalThis.guessScores
  const FEW = 10 // number of guesses below which chance decides the score
  const SIZE = 300
  const LEFT = 48
  const RIGHT = 24

  /**
   * Return the function that shows the result of guesses in the words of the page.
   * phrase: Function (term, values) that returns a text of the page.
   */
  function createResult({say, verdicts, answers}, phrase) {
    const percent = share => phrase("percent", {number: (100 * share).toFixed(0)})

    /** Return the diagram of how often guesses of each confidence are right. On the line, this equals the confidence. */
    function diagram(bins) {
      const x = share => LEFT + share * (SIZE - LEFT - RIGHT)
      const y = share => SIZE - LEFT - share * (SIZE - LEFT - RIGHT)
      const radius = n => 4 + 3 * Math.sqrt(n)
      const ticks = [0, 0.25, 0.5, 0.75, 1]
      const points = bins.map(({confidence, n, right}) =>
        phrase("point", {confidence: percent(confidence), n, right: percent(right)}),
      )
      return shape(
        "svg",
        {viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": `${say.diagram} ${points.join("; ")}`},
        ...ticks.map(tick => [
          shape("line", {x1: x(tick), x2: x(tick), y1: y(0), y2: y(1), class: "guess-grid"}),
          shape("line", {x1: x(0), x2: x(1), y1: y(tick), y2: y(tick), class: "guess-grid"}),
          shape("text", {x: x(tick), y: y(0) + 16, "text-anchor": "middle"}, percent(tick)),
          shape("text", {x: x(0) - 6, y: y(tick) + 4, "text-anchor": "end"}, percent(tick)),
        ]),
        shape("line", {x1: x(0), x2: x(1), y1: y(0), y2: y(1), class: "guess-ideal"}),
        ...bins.map(({confidence, n, right}) =>
          shape("circle", {cx: x(confidence), cy: y(right), r: radius(n), class: "guess-point"}),
        ),
        shape("text", {x: x(0.5), y: SIZE - 8, "text-anchor": "middle"}, say["confidence axis"]),
        shape("text", {transform: `translate(12 ${y(0.5)}) rotate(-90)`, "text-anchor": "middle"}, say["right axis"]),
      )
    }

    function scores(readerScore, others) {
      const row = (name, {accuracy, brier}) => [name, percent(accuracy), brier.toFixed(2)]
      return element(
        "div",
        {class: "guess-scores"},
        table(
          {class: "guess-table"},
          say.compared,
          [say.who, say["right axis"], say.brier],
          [
            row(say.you, readerScore),
            row(say["always supported"], others.supported),
            row(say.chance, others.chance),
            row(say.sources, others.sources),
          ],
        ),
        element("figure", diagram(readerScore.bins), element("figcaption", say.diagram)),
        table(
          {class: "guess-table"},
          say.calibration,
          [say["confidence axis"], say.guesses, say["right axis"]],
          readerScore.bins.map(bin => [percent(bin.confidence), String(bin.n), percent(bin.right)]),
        ),
      )
    }

    function fooledItem({guess, verdict, evidence, statement}) {
      const confidence = phrase("percent", {number: guess.confidence})
      const values = {said: verdicts[guess.verdict], confidence, verdict: verdicts[verdict]}
      return element("li", element("a", {href: evidence}, statement), ` ${phrase("instead", values)}`)
    }

    /**
     * Return the parts of the result.
     * answered: Claims with the reader's `guess`.
     */
    return answered => {
      const isRight = claim => claim.guess.verdict === claim.verdict
      const guesses = answered.map(claim => ({confidence: claim.guess.confidence / 100, right: isRight(claim)}))
      const readerScore = score(guesses, answers.length)
      const summary = phrase("summary", {
        n: answered.length,
        right: answered.filter(isRight).length,
        brier: readerScore.brier.toFixed(2),
        error: percent(readerScore.calibrationError),
      })
      const fooled = answered
        .filter(claim => !isRight(claim))
        .toSorted((a, b) => b.guess.confidence - a.guess.confidence)
      return [
        element("p", answered.length < FEW ? `${summary} ${say.few}` : summary),
        scores(readerScore, baselines(answered, answers.length)),
        element("h3", say.fooled),
        fooled.length ? element("ul", fooled.map(fooledItem)) : element("p", say["not fooled"]),
      ]
    }
  }

  globalThis.guessResult = {createResult}
})()
