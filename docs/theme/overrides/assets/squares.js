// The line where a function on a square grid is zero, by marching squares: in each square, it joins the edges that it crosses.
;(() => {
  const CORNERS = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]

  /** Return the parts of the line as pairs of points [column, row]. values: Numbers on side × side points, row by row. */
  function zeroLine(side, values) {
    const parts = []
    for (let row = 0; row < side - 1; row++)
      for (let column = 0; column < side - 1; column++) {
        const corners = CORNERS.map(([i, j]) => [column + i, row + j, values[(row + j) * side + column + i]])
        const crossed = corners.flatMap(([x, y, value], edge) => {
          const [nextX, nextY, next] = corners[(edge + 1) % 4]
          if (value > 0 === next > 0) return []
          const share = value / (value - next)
          return [[x + share * (nextX - x), y + share * (nextY - y)]]
        })
        for (let end = 0; end + 1 < crossed.length; end += 2) parts.push([crossed[end], crossed[end + 1]])
      }
    return parts
  }

  globalThis.squares = {zeroLine}
})()
