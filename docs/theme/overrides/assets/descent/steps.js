// Gradient descent in a bowl, whose loss is curvature / 2 · w².
;(() => {
  const loss = (curvature, w) => (curvature / 2) * w ** 2

  /** Return the weight at the start and after each step. */
  function descend(start, rate, curvature, steps) {
    const factor = 1 - rate * curvature
    return Array.from({length: steps + 1}, (_, step) => start * factor ** step)
  }

  /** Return what descent does at a rate: creeps, arrives, overshoots, swings or diverges. */
  function course(rate, curvature) {
    const share = rate * curvature // of the way to the bottom, in one step
    if (share < 1) return "creeps"
    if (share === 1) return "arrives"
    if (share < 2) return "overshoots"
    return share === 2 ? "swings" : "diverges"
  }

  /** Return points [w, loss] up to a height. The line to the first above it ends at that height. */
  function below(top, points) {
    const end = points.findIndex(([, up]) => up > top)
    if (end < 1) return end < 0 ? points : []
    const [[across, up], [w, high]] = [points[end - 1], points[end]]
    return [...points.slice(0, end), [across + ((w - across) * (top - up)) / (high - up), top]]
  }

  globalThis.descent = {loss, descend, course, below}
})()
