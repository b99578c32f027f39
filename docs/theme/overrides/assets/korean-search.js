// Korean compounds are written without spaces, so terms of two or more syllables are also searched within words.
{
  const QUERY = 2 // the search worker's type of message for a query
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.type === QUERY) {
      const data = message.data.normalize("NFC").replace(/(?<=^|\s)\p{sc=Hangul}{2,}(?=$|\s)/gu, "*$&*")
      message = {...message, data}
    }
    return post.call(this, message, ...rest)
  }
}
