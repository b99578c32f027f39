// The theme requests the search index on every page. Delay that request until somebody opens the search, or follows a
// link with a query (q) or words to highlight (h).
{
  const wanted = new Promise(resolve => {
    const {searchParams} = new URL(location)
    if (searchParams.has("q") || searchParams.has("h")) resolve()
    const opens = event => ["__search", "query"].includes(event.target.id || event.target.name) && resolve()
    for (const type of ["change", "focusin", "pointerover"]) addEventListener(type, opens, {capture: true})
  })

  const {open, send} = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("search/search_index.json")
    return open.call(this, method, url, ...rest)
  }
  XMLHttpRequest.prototype.send = function (...body) {
    if (!this.isSearchIndex) return send.apply(this, body)
    wanted.then(() => send.apply(this, body))
  }
}
