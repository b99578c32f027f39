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

  /** Return the points in a picture [width to either side, height]. The line to the first outside it ends at its edge. */
  function within([wide, high], points) {
    const end = points.findIndex(([w, up]) => Math.abs(w) > wide || up > high)
    if (end < 1) return end < 0 ? points : []
    const [[across, up], [w, top]] = [points[end - 1], points[end]]
    const part = Math.min((high - up) / (top - up), (Math.sign(w) * wide - across) / (w - across))
    return [...points.slice(0, end), [across + part * (w - across), up + part * (top - up)]]
  }

  globalThis.descent = {loss, descend, course, within}
})()
