// Korean compounds are written without a space: a term of two or more syllables is also looked for inside of words.
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
